import type { ReactNode } from 'react';
import type { BarPlace, PlacedBar } from './gantt-layout.ts';
import type { PlanTime } from './use-plan-window.ts';

/** A time that is marked behind the bars. */
export interface GanttSpan {
  key: string;
  from: number;
  to: number;
  label: string;
  colour: string;
}

export interface GanttRow {
  key: string;
  title: ReactNode;
  bars: readonly PlacedBar[];
  /** What its height stands for. */
  size: number;
  height: number;
  spans?: readonly GanttSpan[];
  /** Said instead of bars, such as why there are none. */
  note?: ReactNode;
}

export interface GanttProps {
  label: string;
  rows: readonly GanttRow[];
  time: PlanTime;
  /** Keys of bars with an outline. */
  marked: ReadonlySet<string>;
  /** What a bar is, for those who do not see it. */
  describe: (place: BarPlace) => string;
  /** What stands beside a bar that is pointed at. */
  tip: (place: BarPlace) => ReactNode;
  onOpen: (place: BarPlace) => void;
}
