/** A stretch of time that graphs show, in milliseconds since 1970. */
export interface TimeWindow {
  from: number;
  to: number;
}

/** Nothing shorter is worth a look: samples come once a second. */
const shortestMs = 10_000;

/** The stretch between two moments in either order, at least ten seconds long and never outside of `whole`. */
export const stretchBetween = (one: number, other: number, whole: TimeWindow): TimeWindow => {
  const middle = (one + other) / 2;
  const length = Math.min(whole.to - whole.from, Math.max(shortestMs, Math.abs(one - other)));
  const from = Math.min(whole.to - length, Math.max(whole.from, middle - length / 2));
  return { from, to: from + length };
};

/** The stretch around a moment, shorter or longer by a factor. */
export const zoomAround = (at: number, factor: number, shown: TimeWindow, whole: TimeWindow): TimeWindow => {
  const half = ((shown.to - shown.from) * factor) / 2;
  return stretchBetween(at - half, at + half, whole);
};

/** How long live graphs may be, so that they grow in few steps and are never almost empty. */
const liveLengths = [2, 5, 10, 15].map((minutes) => minutes * 60_000);

/** The shortest of these lengths that shows all of the history there is. */
export const liveLengthOf = (historyMs: number): number => liveLengths.find((length) => historyMs <= length) ?? 900_000;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  5 * second,
  10 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  15 * minute,
  hour,
  3 * hour,
  6 * hour,
  day,
  5 * day,
  15 * day,
  30 * day,
];

/** Characters of the label of a tick: 13:54:07, 13:54 or 22 Nov. */
const labelLength = (stepMs: number): number => (stepMs < minute ? 8 : stepMs < day ? 5 : 7);

/** Of the small type, figures included, with some space to the next label. */
const pixelsOf = (characters: number): number => characters * 6.6 + 10;

/** Round moments of the local clock, no more than seven and no more than have room for their labels, and how far they lie apart. */
export const ticksOf = ({ from, to }: TimeWindow, width: number): { stepMs: number; ticks: readonly number[] } => {
  const most = (step: number) => Math.min(6, width / pixelsOf(labelLength(step)));
  const stepMs = steps.find((step) => (to - from) / step <= most(step)) ?? 30 * day;
  const shift = new Date(from).getTimezoneOffset() * minute;
  const first = Math.ceil((from - shift) / stepMs) * stepMs + shift;
  return { stepMs, ticks: Array.from({ length: Math.floor((to - first) / stepMs) + 1 }, (_, index) => first + index * stepMs) };
};

export interface AxisLabel {
  /** The middle of it, in pixels from the left. */
  middle: number;
  text: string;
}

/** Whether two labels would run into each other. */
export const isTooNear = (one: AxisLabel, other: AxisLabel): boolean =>
  Math.abs(one.middle - other.middle) < (pixelsOf(one.text.length) + pixelsOf(other.text.length)) / 2;

/** Whether there is room for a label on the axis where it is. */
export const isInside = ({ middle, text }: AxisLabel, width: number): boolean => labelAt(middle, text, width).middle === middle;

/** A label as near to its moment as the axis has room for it. */
export const labelAt = (middle: number, text: string, width: number): AxisLabel => {
  const half = pixelsOf(text.length) / 2 - 5;
  return { middle: Math.max(half, Math.min(width - half, middle)), text };
};
