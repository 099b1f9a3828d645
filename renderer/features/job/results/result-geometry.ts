/** Below this score a finding is doubtful: it is dashed, marked with a question and listed first. */
export const doubtfulBelow = 0.8;

/** The points of an SVG polygon. */
export const polygonPoints = (corners: readonly (readonly [number, number])[]): string => corners.map(([x, y]) => `${x},${y}`).join(' ');

/** Places of the items, the least sure first; equals keep their order. */
export const leastSureFirst = (items: readonly { score: number }[]): readonly number[] =>
  items.map((_, index) => index).sort((a, b) => (items[a]?.score ?? 0) - (items[b]?.score ?? 0) || a - b);

/** A wave drawn from the middle both ways, one stroke for each slice, in a box of `peaks.length` by 2. */
export const wavePath = (peaks: readonly number[]): string => {
  // A quiet slice still shows a hair line, so that silence is told from missing sound.
  const drawn = peaks.map((peak) => Math.max(0.02, Math.min(1, peak)));
  return drawn.map((peak, index) => `M${index + 0.5} ${round(1 - peak)}V${round(1 + peak)}`).join('');
};

/** A line through values between 0 and 1 in a box of `values.length` by 1. */
export const curvePath = (values: readonly number[]): string =>
  values.map((value, index) => `${index === 0 ? 'M' : 'L'}${index + 0.5} ${round(1 - Math.min(1, Math.max(0, value)))}`).join('');

/** The same line, closed down to the axis. */
export const areaPath = (values: readonly number[]): string => (values.length === 0 ? '' : `${curvePath(values)}V1H0.5Z`);

const round = (value: number): number => Math.round(value * 1000) / 1000;

const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Round moments for a time axis, at most `most` of them after zero. */
export const timeTicks = (seconds: number, most: number): readonly number[] => {
  const step = steps.find((candidate) => seconds / candidate <= most) ?? seconds / most;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, index) => round(index * step));
};

/** 0:57.6, or 1:02:05.0. */
export const formatPosition = (seconds: number): string => {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
};

/** The segment at a moment, if any. */
export const segmentAt = (segments: readonly { startSeconds: number; endSeconds: number }[], seconds: number): number | undefined => {
  const place = segments.findIndex(({ startSeconds, endSeconds }) => seconds >= startSeconds && seconds < endSeconds);
  return place < 0 ? undefined : place;
};
