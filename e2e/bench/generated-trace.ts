import { seeded } from '../tools/seeded.ts';

interface TraceOptions {
  readonly jobs: number;
  readonly processors: number;
  /** Work that arrives, as a part of what the machine can do. */
  readonly load: number;
  readonly seed: number;
}

/** Seconds; run times are spread evenly over the logarithm between these. */
const shortest = 10;
const longest = 36_000;
/** Users ask for up to so many times what their jobs need. */
const mostAsked = 5;

/** A trace in the Standard Workload Format: sizes are powers of two, each as often as another; arrivals are those of a Poisson process. */
export const generatedTrace = ({ jobs, processors, load, seed }: TraceOptions): string => {
  const random = seeded(seed);
  const logUniform = (low: number, high: number): number => low * (high / low) ** random();
  const sizes = Array.from({ length: Math.floor(Math.log2(processors)) + 1 }, (_, index) => 2 ** index);
  const meanSize = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const meanRun = (longest - shortest) / Math.log(longest / shortest);
  const meanGap = (meanSize * meanRun) / (processors * load);
  const lines = [`; ${jobs} jobs for ${processors} processors at a load of ${load}, seed ${seed}`];
  let submit = 0;
  for (let id = 1; id <= jobs; id += 1) {
    submit -= meanGap * Math.log(1 - random());
    const size = sizes[Math.floor(random() * sizes.length)] ?? 1;
    const run = Math.round(logUniform(shortest, longest));
    const asked = Math.ceil(run * logUniform(1, mostAsked));
    lines.push([id, Math.floor(submit), -1, run, size, -1, -1, size, asked, -1, 1, 1, 1, 1, 1, -1, -1, -1].join(' '));
  }
  return `${lines.join('\n')}\n`;
};
