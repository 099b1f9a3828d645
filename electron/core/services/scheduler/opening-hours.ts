import type { TimeWindow } from '../../scheduler-port.ts';
import type { InLine } from './line.ts';

type Asking = Pick<InLine, 'task' | 'longestMs'>;

/** When tasks may begin that keep hours or wait for a time. The scheduler has no calendar: it is told the windows of each name. */
export interface OpeningHours {
  readonly all: Readonly<Record<string, readonly TimeWindow[]>>;
  set(all: OpeningHours['all']): void;
  /** The first time, `at` or later, at which it may begin; infinite where it never may. */
  beginOf(item: Asking, at: number): number;
  /** The last moment at which it may begin in the window that is open `at`; infinite where no window closes. */
  lastBegin(item: Asking, at: number): number;
}

export const createOpeningHours = (initial: OpeningHours['all']): OpeningHours => {
  let all = initial;

  const windowsOf = ({ task }: Asking): readonly TimeWindow[] | undefined => (task.hours === undefined ? undefined : all[task.hours]);

  /** It begins only where it should end in the same window; what takes longer than the whole window may begin anywhere in it. */
  const lastIn = ({ from, to }: TimeWindow, { longestMs }: Asking): number =>
    longestMs < Infinity && longestMs <= to - from ? to - longestMs : to;

  return {
    get all() {
      return all;
    },
    set(next) {
      all = next;
    },
    beginOf(item, at) {
      const earliest = Math.max(at, item.task.notBefore ?? -Infinity);
      const windows = windowsOf(item);
      if (!windows) return earliest;
      const next = windows.find((window) => lastIn(window, item) >= earliest);
      return next ? Math.max(earliest, next.from) : Infinity;
    },
    lastBegin(item, at) {
      const open = windowsOf(item)?.find(({ from, to }) => from <= at && at <= to);
      return open ? lastIn(open, item) : Infinity;
    },
  };
};
