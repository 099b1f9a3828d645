import type { Hours } from '../../../../shared/model/job.ts';
import { hoursText } from '../../../../shared/words/hours.ts';
import type { SchedulerEvent } from '../../scheduler-port.ts';
import { windowsOf, type Window } from './reservation-windows.ts';

/** Tells the scheduler, which has no calendar, when jobs may begin that keep hours. */
export interface Calendar {
  /** Before the scheduler hears of a job that keeps these. */
  learn(hours: Hours | undefined): void;
  /** More of all of them has come in sight: they are worked out for some time ahead only. */
  goOn(): void;
}

interface CalendarOptions {
  readonly apply: (event: SchedulerEvent) => void;
  readonly now: () => number;
}

export const createCalendar = ({ apply, now }: CalendarOptions): Calendar => {
  const known = new Map<string, Hours>();
  const tell = (): void => {
    const windows = [...known].map(([name, hours]) => [name, windowsIn(hours, now())] as const);
    apply({ kind: 'hoursChanged', hours: Object.fromEntries(windows) });
  };
  return {
    learn(hours) {
      if (!hours || known.has(hoursText(hours))) return;
      known.set(hoursText(hours), hours);
      tell();
    },
    goOn() {
      if (known.size > 0) tell();
    },
  };
};

/** Those that are not over, from the one on that began yesterday. */
export const windowsIn = ({ from, to, repeats }: Hours, now: number): Window[] => {
  const startsAt = atClock(from, now, -1);
  const sameDay = atClock(to, now, -1);
  return windowsOf({ startsAt, endsAt: sameDay > startsAt ? sameDay : atClock(to, now, 0), repeats }, now);
};

/** When a clock shows this time so many days after today. */
const atClock = (time: string, now: number, days: number): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const at = new Date(now);
  at.setDate(at.getDate() + days);
  at.setHours(hours, minutes, 0, 0);
  return at.getTime();
};
