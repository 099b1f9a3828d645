import type { TimeWindow } from './time-window.ts';

const minute = 60_000;

/** How much time a plan is looked at in. */
export const planLengths = [2 * minute, 10 * minute, 60 * minute, 240 * minute, 1440 * minute] as const;
export type PlanLength = (typeof planLengths)[number];

/** The present stands a third into the window, so that what has just happened is still to be seen. */
const pastPart = 0.3;

export const windowAround = (now: number, lengthMs: number): TimeWindow => {
  const from = now - lengthMs * pastPart;
  return { from, to: from + lengthMs };
};

/** The shortest of the lengths that shows everything up to the last moment, else the longest. */
export const lengthFor = (now: number, last: number): PlanLength =>
  planLengths.find((length) => windowAround(now, length).to >= last) ?? planLengths.at(-1)!; // of five

/**
 * The length that is shown while nobody has chosen one: it grows as soon as the plan does, and gets shorter only by two steps at once,
 * so that it does not change to and fro.
 */
export const followLength = (shown: PlanLength | undefined, fitting: PlanLength): PlanLength => {
  if (shown === undefined || fitting > shown) return fitting;
  return planLengths.indexOf(fitting) <= planLengths.indexOf(shown) - 2 ? fitting : shown;
};

/** Shorter than this there is nothing more to be seen. */
const shortestMs = 2_000;

/** What can be looked at: all that has happened and should happen, and half a window more on both sides, so that nothing feels stuck. */
export const wholeOf = (shown: TimeWindow, first: number, last: number): TimeWindow => {
  const more = (shown.to - shown.from) / 2;
  return { from: Math.min(shown.from, first) - more, to: Math.max(shown.to, last) + more };
};

/** The window with a moment where it was, shorter or longer by a factor, inside of the whole. */
export const zoomAt = (at: number, factor: number, shown: TimeWindow, whole: TimeWindow): TimeWindow => {
  const length = Math.min(whole.to - whole.from, Math.max(shortestMs, (shown.to - shown.from) * factor));
  const part = (at - shown.from) / (shown.to - shown.from);
  return inside(at - part * length, length, whole);
};

/** The window moved along by some milliseconds, inside of the whole. */
export const panBy = (byMs: number, shown: TimeWindow, whole: TimeWindow): TimeWindow =>
  inside(shown.from + byMs, shown.to - shown.from, whole);

/** The window moved as little as it takes to show a stretch, or the beginning of one that is longer. */
export const reveal = (stretch: TimeWindow, shown: TimeWindow, whole: TimeWindow): TimeWindow => {
  const length = shown.to - shown.from;
  const isSeen = stretch.from < shown.to && stretch.to > shown.from;
  return isSeen ? shown : inside(stretch.from - length * pastPart, length, whole);
};

const inside = (from: number, length: number, whole: TimeWindow): TimeWindow => {
  const start = Math.max(whole.from, Math.min(whole.to - length, from));
  return { from: start, to: start + length };
};
