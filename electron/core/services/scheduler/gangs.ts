import { createOrderedList, type OrderedList } from '../../lib/ordered-list.ts';
import { longestOf } from './durations.ts';
import type { Waiting } from './waiting.ts';

/** Lists of tasks by their places. */
interface Lists {
  add(waiting: Waiting): void;
  delete(waiting: Waiting): void;
}

/**
 * Tasks that start together or not at all. Once all of a set could start, the first of them stands in line for all; the others are only
 * gathered behind it, so that a decision sees one item, whatever their number.
 */
export interface Gangs {
  /** One of a set could start. */
  join(waiting: Waiting): void;
  leave(waiting: Waiting): void;
  /** Who stands in line for it, once all could start. */
  leadOf(waiting: Waiting): Waiting | undefined;
  /** How many of its set could start. */
  gathered(waiting: Waiting): number;
}

export const createGangs = (lists: Lists): Gangs => {
  const sets = new Map<string, OrderedList<Waiting>>();

  const setOf = ({ task }: Waiting): OrderedList<Waiting> | undefined => sets.get(task.gang?.set ?? '');

  const leadOf = (waiting: Waiting): Waiting | undefined => {
    const first = setOf(waiting)?.first();
    return first?.gang && first;
  };

  const standAlone = (waiting: Waiting): void => {
    delete waiting.gang;
    waiting.longestMs = longestOf(waiting.task);
    waiting.place = 'gathered';
  };

  /** Takes the first out of the lists, changes it, and puts it back. */
  const change = (first: Waiting, how: () => void): void => {
    lists.delete(first);
    how();
    lists.add(first);
  };

  return {
    join(waiting) {
      const { gang } = waiting.task;
      if (!gang) throw new Error(`the task ${waiting.task.id} starts alone`);
      const set = sets.get(gang.set) ?? createOrderedList<Waiting>((a, b) => a.task.sequence - b.task.sequence);
      sets.set(gang.set, set);
      set.add(waiting);
      standAlone(waiting);
      lists.add(waiting);
      const first = set.first();
      if (!first || set.size < gang.size) return;
      change(first, () => {
        const members = [...set];
        first.gang = members;
        first.longestMs = Math.max(...members.map(({ longestMs }) => longestMs));
        first.place = 'ready';
      });
    },
    leave(waiting) {
      const lead = leadOf(waiting);
      if (lead) change(lead, () => standAlone(lead));
      lists.delete(waiting);
      const set = setOf(waiting);
      set?.delete(waiting);
      if (set?.size === 0) sets.delete(waiting.task.gang?.set ?? '');
    },
    leadOf,
    gathered: (waiting) => setOf(waiting)?.size ?? 0,
  };
};
