import { useStore } from 'zustand';
import { liveLengthOf } from '../../graphs/time-window.ts';
import { useTimeWindow, type SharedTime } from '../../graphs/use-time-window.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import type { Reading } from './reading.ts';

export interface LiveTime {
  time: SharedTime;
  lengthMs: number;
  /** The stretch of time, as words: last 5 minutes. */
  window: string;
}

/** The last minutes, as many as something was measured in, the same on every page that shows devices live. */
export const useLiveTime = (): LiveTime => {
  const words = useWords();
  const { machine, clock } = useParts();
  const readings = useStore(machine, (state) => state.readings);
  const now = useStore(clock);
  const { oldest, newest } = reachOf(readings);
  const lengthMs = liveLengthOf(newest - oldest);
  const time = useTimeWindow(lengthMs, Math.max(newest, now));
  return { time, lengthMs, window: words.text('window.live', { minutes: lengthMs / 60_000 }) };
};

/** The first and the last moment that any device has a reading of. */
const reachOf = (readings: ReadonlyMap<string, readonly Reading[]>): { oldest: number; newest: number } => {
  const lists = [...readings.values()].filter((list) => list.length > 0);
  const newest = Math.max(0, ...lists.map((list) => list.at(-1)?.at ?? 0));
  return { oldest: Math.min(newest, ...lists.map((list) => list[0]?.at ?? newest)), newest };
};
