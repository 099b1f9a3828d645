import type { Grant } from '../../scheduler-port.ts';
import { createBooks, type Books } from './ledger.ts';

/** Something that holds a grant from now until it should have ended; infinite where that is not known. */
interface Hold {
  readonly grant: Grant;
  readonly until: number;
}

/** The books as they will look from now on, if what runs ends when it should and nothing else starts. */
export interface Timeline {
  /** The first time at which something is granted, and the books at that time. */
  earliest(
    grantIn: (ledger: Books) => Grant | undefined,
  ): { readonly at: number; readonly grant: Grant; readonly ledger: Books } | undefined;
  /** When all has ended of which the end is known. */
  readonly last: Books;
  /** Only what nobody knows the end of, without what was added later. */
  readonly endless: Books;
  /** Whether nobody knows the end of some of what ran when it was made. */
  readonly isEndless: boolean;
  /** Something else holds a grant, from now on. */
  add(hold: Hold): void;
}

interface Step {
  readonly at: number;
  /** Worked out when somebody asks. */
  ledger?: ReturnType<typeof createBooks>;
}

export const createTimeline = (now: number, running: readonly Hold[]): Timeline => {
  const holds = [...running];
  const steps: Step[] = [now, ...new Set(holds.map(({ until }) => until))]
    .filter((at) => at === now || (at > now && at < Infinity))
    .sort((a, b) => a - b)
    .map((at) => ({ at }));
  let endless: Books | undefined;

  const ledgerAt = (step: Step): Books => (step.ledger ??= booked(holds, step.at));

  /** The first step in whose books it is granted: more is free in each step than in the one before. */
  const earliest: Timeline['earliest'] = (grantIn) => {
    let found: ReturnType<Timeline['earliest']>;
    let low = 0;
    let high = steps.length - 1;
    // Mostly it is never granted or soon.
    for (let middle = high; low <= high; middle = (low + high) >> 1) {
      const step = steps[middle];
      const ledger = step && ledgerAt(step);
      const grant = ledger && grantIn(ledger);
      if (grant) {
        found = { at: step.at, grant, ledger };
        high = middle - 1;
      } else if (middle === steps.length - 1) return undefined;
      else low = middle + 1;
    }
    return found;
  };

  return {
    earliest,
    get last() {
      return ledgerAt(steps.at(-1)!); // there is always now
    },
    get endless() {
      return (endless ??= booked(running, Number.MAX_VALUE));
    },
    isEndless: running.some(({ until }) => until === Infinity),
    add(hold) {
      holds.push(hold);
      for (const { at, ledger } of steps) if (at < hold.until) ledger?.add(hold.grant);
      const place = steps.findIndex(({ at }) => at >= hold.until);
      const isNew = hold.until > now && hold.until < Infinity && steps[place]?.at !== hold.until;
      if (isNew) steps.splice(place < 0 ? steps.length : place, 0, { at: hold.until });
    },
  };
};

/** The books of what holds on beyond a time. */
const booked = (holds: readonly Hold[], at: number): ReturnType<typeof createBooks> => {
  const ledger = createBooks();
  for (const { grant, until } of holds) if (until > at) ledger.add(grant);
  return ledger;
};
