import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { Scheduler } from '../../scheduler-port.ts';
import { groupUseSetting } from './group-settings.ts';

interface KeepOptions {
  readonly scheduler: Scheduler;
  readonly journal: Journal;
  readonly lifetime: Lifetime;
  readonly now: () => number;
}

/** A core that crashes forgets at most this much of what groups have used. */
const intervalMs = 60_000;

/** Writes down what groups have used, so that the next core goes on from there. */
export const keepGroupUse = ({ scheduler, journal, lifetime, now }: KeepOptions): void => {
  let written = 0;
  const keep = async (): Promise<void> => {
    const use = scheduler.groupUse(now());
    // What only fades need not be written.
    const isSame = use.ends === written && scheduler.counts.running === 0;
    if (isSame) return;
    written = use.ends;
    await journal.record([['setSetting', { name: groupUseSetting, value: JSON.stringify(use) }]]);
  };
  const timer = setInterval(() => void keep(), intervalMs);
  lifetime.add(async () => {
    clearInterval(timer);
    await Promise.race([keep(), journal.givenUp]);
  });
};
