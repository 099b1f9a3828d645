import type { Dependencies } from './dependencies.ts';
import type { Policy } from './policy.ts';
import type { Waiting } from './waiting.ts';

/** Where waiting tasks stand under a policy, by themselves and by those that wait for them. */
export interface Standings {
  /** Works out anew where a task stands; it must not be in any list. */
  stand(waiting: Waiting): void;
  /** Something about a task has changed that counts for those that it waits for. */
  spread(waiting: Waiting): void;
  /** All of them, for another policy; none may be in any list. */
  standAll(tasks: Iterable<Waiting>): void;
}

interface StandingsOptions {
  readonly policy: () => Policy;
  readonly tasks: ReadonlyMap<string, Waiting>;
  readonly dependencies: Pick<Dependencies, 'waitingFor'>;
  /** Takes a task out of its list, changes it, and puts it back. */
  readonly change: (waiting: Waiting, how: () => void) => void;
}

/** So many of those that a task waits for, in any number of steps, are moved for it; a longer way to it counts as it stood. */
const mostMoved = 200;

export const createStandings = ({ policy, tasks, dependencies, change }: StandingsOptions): Standings => {
  const standingOf = (waiting: Waiting, isLate = waiting.lateness !== undefined) =>
    policy().stand(waiting.task, {
      dependents: policy().countsDependents ? dependencies.waitingFor(waiting.task.id) : [],
      typicalSeconds: waiting.typicalSeconds,
      isLate,
    });

  const stand = (waiting: Waiting): void => void Object.assign(waiting, standingOf(waiting));

  return {
    stand,
    spread(waiting) {
      if (!policy().countsDependents) return;
      const open = [waiting];
      // Grows while it is walked through.
      for (const one of open) {
        for (const id of one.unmet.keys()) {
          const before = tasks.get(id);
          if (!before || open.length > mostMoved) continue;
          // Who was late for one time may end by another.
          const isOutdated = before.lateness !== undefined && before.lateness.due !== standingOf(before).rank;
          const { tier, rank, path } = standingOf(before, before.lateness !== undefined && !isOutdated);
          if (!isOutdated && tier === before.tier && rank === before.rank && path === before.path) continue;
          change(before, () => {
            if (isOutdated) delete before.lateness;
            Object.assign(before, { tier, rank, path });
          });
          open.push(before);
        }
      }
    },
    standAll(all) {
      // Who waits for others was mostly submitted after them.
      const latestFirst = [...all].sort((a, b) => b.task.sequence - a.task.sequence);
      for (const waiting of latestFirst) Object.assign(waiting, { tier: 0, rank: 0, path: 0 });
      for (const waiting of latestFirst) stand(waiting);
    },
  };
};
