/** A measured moment; what was not measured then is absent. */
export interface Measured {
  /** Milliseconds since 1970. */
  at: number;
}

/** Times in seconds, and for each line its values at these times; null breaks a line. */
export interface Series {
  times: number[];
  lines: (number | null)[][];
}

/** How far apart samples lie when they come once a second. */
export const secondMs = 1_000;

/** Two samples that are further apart than this have a hole between them. */
const holeOf = (stepMs: number): number => stepMs * 2.5;

/** What a graph draws: the values picked from each sample, with a break wherever samples are missing. */
export const seriesOf = <Sample extends Measured>(
  samples: readonly Sample[],
  picks: readonly ((sample: Sample) => number | undefined)[],
  stepMs = secondMs,
): Series => {
  const holeMs = holeOf(stepMs);
  const times: number[] = [];
  const lines: (number | null)[][] = picks.map(() => []);
  let before: number | undefined;
  for (const sample of samples) {
    if (before !== undefined && sample.at - before > holeMs) {
      times.push((before + 1) / 1000);
      for (const line of lines) line.push(null);
    }
    times.push(sample.at / 1000);
    picks.forEach((pick, index) => lines[index]?.push(pick(sample) ?? null));
    before = sample.at;
  }
  return { times, lines };
};

/** A stretch without values, in milliseconds since 1970. */
export interface Hole {
  from: number;
  to: number;
  /** It reaches to the newest sample: nothing is measured now. */
  isOpen?: true;
}

/** The stretches without values from the first value to the newest sample, whether samples are missing there or have none. */
export const holesIn = <Sample extends Measured>(
  samples: readonly Sample[],
  pick: (sample: Sample) => number | undefined,
  stepMs = secondMs,
): readonly Hole[] => {
  const holes: Hole[] = [];
  let before: number | undefined;
  const add = (to: number, more: Pick<Hole, 'isOpen'>) => {
    if (before !== undefined && to - before > holeOf(stepMs)) holes.push({ from: before, to, ...more });
  };
  for (const sample of samples) {
    if (pick(sample) === undefined) continue;
    add(sample.at, {});
    before = sample.at;
  }
  add(samples.at(-1)?.at ?? 0, { isOpen: true });
  return holes;
};

/** The sample nearest to a moment, unless the moment lies in a hole. */
export const sampleAt = <Sample extends Measured>(samples: readonly Sample[], at: number, stepMs = secondMs): Sample | undefined => {
  let low = 0;
  let high = samples.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [samples[low - 1], samples[low]];
  const nearest = before && after && at - before.at < after.at - at ? before : after;
  return nearest && Math.abs(nearest.at - at) <= holeOf(stepMs) ? nearest : undefined;
};

export interface RowOf<Sample> {
  /** The start of the stretch. */
  at: number;
  samples: readonly Sample[];
}

/** Samples by whole stretches of time, the latest first, for the table beside a graph. */
export const byStretch = <Sample extends Measured>(samples: readonly Sample[], stretchMs: number): readonly RowOf<Sample>[] => {
  const rows = new Map<number, Sample[]>();
  for (const sample of samples) {
    const at = Math.floor(sample.at / stretchMs) * stretchMs;
    const row = rows.get(at);
    if (row) row.push(sample);
    else rows.set(at, [sample]);
  }
  return [...rows].map(([at, inside]) => ({ at, samples: inside })).toReversed();
};

export const mean = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** The load band of a percentage: below 60, below 85, above. */
export const bandOf = (percent: number): 1 | 2 | 3 => (percent < 60 ? 1 : percent < 85 ? 2 : 3);
