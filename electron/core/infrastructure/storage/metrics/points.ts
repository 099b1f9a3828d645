/** What was measured in one stretch of time; `mean` and `max` are scaled to whole numbers. */
export interface Point {
  /** Beginning of the stretch, milliseconds since 1970. */
  readonly at: number;
  /** How many measurements it holds. */
  readonly weight: number;
  readonly mean: number;
  readonly max: number;
}

/** Gathers points, in the order of time, into stretches of the same width; a stretch without any has none. */
export interface Steps {
  add(at: number, weight: number, mean: number, max: number): void;
  /** All stretches, the one that is still open too. */
  points(): Point[];
}

export const createSteps = (stepMs: number): Steps => {
  const points: Point[] = [];
  let start = Number.NaN;
  let weight = 0;
  let sum = 0;
  let max = 0;
  const close = (): void => {
    if (weight > 0) points.push({ at: start, weight, mean: sum / weight, max });
    weight = 0;
  };
  return {
    add(at, addedWeight, mean, addedMax) {
      const into = Math.floor(at / stepMs) * stepMs;
      if (into !== start) {
        close();
        start = into;
        sum = 0;
        max = addedMax;
      }
      weight += addedWeight;
      sum += mean * addedWeight;
      if (addedMax > max) max = addedMax;
    },
    points() {
      close();
      return points;
    },
  };
};

export const inSteps = (points: Iterable<Point>, stepMs: number): Point[] => {
  const steps = createSteps(stepMs);
  for (const { at, weight, mean, max } of points) steps.add(at, weight, mean, max);
  return steps.points();
};

const secondMs = 1000;
const firstHourMs = 3600 * secondMs;
export const jobPointsMost = 5000;

/**
 * The points of one job: seconds in its first hour, then 10 seconds; when there would be more than 5,000, what follows the first
 * hour is made coarser, twice each time. `stepMs` is the width of the last ones.
 */
export const thinJobPoints = (points: readonly Point[]): { stepMs: number; points: Point[] } => {
  const firstAt = points[0]?.at ?? 0;
  const cut = points.findIndex(({ at }) => at - firstAt >= firstHourMs);
  if (cut === -1) return { stepMs: secondMs, points: inSteps(points, secondMs) };
  const early = inSteps(points.slice(0, cut), secondMs);
  const later = points.slice(cut);
  for (let stepMs = 10 * secondMs; ; stepMs *= 2) {
    const thinned = inSteps(later, stepMs);
    if (early.length + thinned.length <= jobPointsMost) return { stepMs, points: [...early, ...thinned] };
  }
};
