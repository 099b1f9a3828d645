import type { Decision, PlacedFor, TaskRequest } from '../../scheduler-port.ts';
import type { Grants } from './allocation.ts';
import type { Deadlines } from './deadlines.ts';
import type { FairShares } from './fair-shares.ts';
import type { InTheWay } from './in-the-way.ts';
import { noKeeps, type Keeps } from './keeps.ts';
import type { Ledger } from './ledger.ts';
import { countOf, grantedTo } from './line.ts';
import type { Machine } from './machine.ts';
import type { OpeningHours } from './opening-hours.ts';
import { startWhatFits } from './pass.ts';
import type { Policy } from './policy.ts';
import type { Preemptions } from './preemption.ts';
import type { Queue } from './queue.ts';
import type { ReservedParts } from './reserved-parts.ts';
import type { RunningTasks } from './running-tasks.ts';
import { startReserved } from './start-reserved.ts';
import type { Suspensions } from './suspensions.ts';
import type { Together } from './together.ts';
import type { Waiting } from './waiting.ts';

/** Who of those that wait starts now, and what is ended for others. */
export interface Starting {
  start(): Decision[];
  /** Of the last walk along the line. */
  readonly keeps: Keeps<Waiting>;
  /** When a device should be free for which something waits that could run elsewhere: if it is not, that may be better after all. */
  readonly wakeAt: number | undefined;
}

interface StartingOptions {
  readonly policy: () => Policy;
  readonly now: () => number;
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly shares: FairShares;
  readonly together: Together;
  readonly reserved: ReservedParts;
  readonly hours: OpeningHours;
  readonly queue: Queue;
  readonly running: Pick<RunningTasks, 'start'>;
  readonly suspensions: Pick<Suspensions, 'kept'>;
  readonly preemptions: Preemptions;
  readonly inTheWay: InTheWay;
  readonly deadlines: Deadlines;
}

export const createStarting = (options: StartingOptions): Starting => {
  const { policy, now, machine, ledger, shares, together, reserved, hours, queue, running, preemptions, deadlines } = options;
  let keeps: Keeps<Waiting> = noKeeps();

  const start = (): Decision[] => {
    if (policy().admits) deadlines.assess();
    preemptions.begin();
    const made: Decision[] = options.inTheWay.toEnd(now()).map(({ part, task }) => preemptions.endFor(part, task));
    // Whoever starts falls back behind other groups, so that a walk must begin anew.
    for (let before = -1; made.length > before && (before < 0 || policy().isByGroup);) {
      before = made.length;
      keeps = walk(made);
    }
    return made;
  };

  /** Once along the line; what it decides is added to what was `made`. */
  const walk = (made: Decision[]): Keeps<Waiting> => {
    const keptBefore = new Map([...options.suspensions.kept()].map(([device, { task }]) => [device, aheadOfAll(task)]));
    const { memoryBytes } = machine.capacity;
    const begin = (item: Waiting, grants: Grants, why: PlacedFor): void => void made.push(...begun(item, grants, why));
    startReserved({
      reserved,
      now: now(),
      room: { memoryBytes, ledger, isKept: (device) => keptBefore.has(device) },
      index: machine.index,
      seeksFastest: policy().seeksFastest,
      readyOf: (group, limit) => queue.lists.readyOf(group, limit).sort(queue.compare).slice(0, limit),
      candidatesOf: machine.candidatesOf,
      standsAside,
      start: begin,
    });
    return startWhatFits({
      line: queue.lists.line,
      compare: queue.compare,
      index: machine.index,
      endsWithStart: policy().isByGroup,
      seeksFastest: policy().seeksFastest,
      room: { memoryBytes, ledger },
      now: now(),
      keptBefore,
      candidatesOf: machine.candidatesOfGroup,
      leftFor: (item, candidates) => reserved.leftFor(item, candidates, now()),
      leaves: (item, found) => hours.beginOf(item, found.at) <= found.at && reserved.leaves(item, found.grants, found.at, found.ledger),
      standsAside,
      makeRoom: (item, grantsIn, fitsAt) => void made.push(...preemptions.makeRoom(item, grantsIn, () => deadlines.needsOf(item, fitsAt))),
      start: begin,
    });
  };

  /** It, and all that start with it, wait no longer and hold what they are granted. */
  const begun = (item: Waiting, grants: Grants, why: PlacedFor): Decision[] =>
    grantedTo(item, grants).map(({ task, grant }) => {
      queue.leave(task.id);
      running.start(task, grant, item.lateness !== undefined);
      const gang = task.gang && { gang: task.gang.set };
      return { kind: 'start', task: task.id, grant, ...why, ...gang };
    });

  const standsAside = (item: Waiting): boolean => shares.overQuota(item.task, countOf(item)) !== undefined || together.isFull(item.task);

  /** One that stands still and waits for its cores, as it is seen by those that it keeps waiting. */
  const aheadOfAll = (task: TaskRequest): Waiting => ({
    task: { ...task, boost: Number.MAX_SAFE_INTEGER },
    longestMs: Infinity,
    tier: 0,
    rank: -Infinity,
    path: 0,
    place: 'ready',
    leaf: shares.leafOf(task.group),
    unmet: new Map(),
    typicalSeconds: 0,
  });

  return {
    start,
    get keeps() {
      return keeps;
    },
    get wakeAt() {
      // The first whole millisecond at which it is over.
      const times = keeps.reservations.flatMap(({ at, faster }) => (faster && at >= now() ? [Math.floor(at) + 1] : []));
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
};
