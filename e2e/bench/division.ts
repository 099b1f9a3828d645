import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobDetail, SplitScheme } from '../../shared/model/job.ts';
import { parseAllowedCores } from '../../electron/core/infrastructure/devices/proc-status.ts';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import { makeCosts } from './batch-inputs.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, ratio, type Measure, type Skipped } from './measure.ts';
import type { Part, PartOptions } from './part.ts';

const items = 400;
/** Falling in the order of submission, which the core is not told. */
const costs = Array.from({ length: items }, (_, index) => 4 - (3 * index) / (items - 1));
const probeEvery = 5;
/** The fraction whose binary digits are those of a number in reverse: numbers sorted by it are spread evenly over every stretch. */
const spread = (number: number): number => (number === 0 ? 0 : ((number & 1) + spread(number >> 1)) / 2);
/**
 * What the speeds are measured with: every fifth item, so that what items cost need not be known, in an order in which every stretch costs
 * about the same, so that it does not matter who takes which.
 */
const probeCosts = costs
  .filter((_, index) => index % probeEvery === 0)
  .map((cost, place) => ({ cost, place: spread(place) }))
  .toSorted((a, b) => a.place - b.place)
  .map(({ cost }) => cost);
/**
 * Of the load on the second core, which computes all the time: beside workers it gets a quarter. Were it idle at times,
 * the first core would be faster whenever the second one has nothing to do (cores share more than they show), and no speed would hold for a
 * whole run.
 */
const loadNice = 10;
const workerNice = 5;
const shares = ['left', 'right'] as const;

/** What dividing a job while it runs is worth beside dividing it before. */
export const divisionPart: Part = {
  name: 'division',
  about: `one job of ${items} sounds over two shares of one core each, of which the second also carries a fixed load (a process that computes all the time, of niceness ${loadNice} beside ${workerNice} of the workers); the costs fall from 4 to 1 in the order of submission and all files have the same size, so that nobody knows. Divided while it runs (adaptive) and before it starts (static, in proportion to the speeds measured just before on every ${probeEvery}th of these sounds, mixed); both in turn, each first in every other round. The ideal is all items at both speeds together, without any start`,
  async run(options) {
    const cores = process.platform === 'linux' ? (parseAllowedCores(readFileSync('/proc/self/status', 'utf8')) ?? []) : [];
    const [left, right] = cores;
    if (left === undefined || right === undefined) return [{ name: 'all', skipped: 'It takes Linux and two cores.' }];
    if (spawnSync('taskset', ['--version']).error) return [{ name: 'all', skipped: 'There is no program taskset here.' }];
    const core = await startBenchCore(options.lifetime);
    for (const [index, name] of shares.entries())
      await core.rest.ask('POST', '/devices/cpu/split', { name, coreIds: [[left, right][index]] });
    startLoad(options.lifetime, right);
    return compare(core, options);
  },
};

const startLoad = (lifetime: Lifetime, core: number): void => {
  const program = join(import.meta.dirname, 'bare', 'fixed-load.ts');
  const child = spawn('taskset', ['-c', String(core), process.execPath, program, String(loadNice), String(workerNice)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  lifetime.add(() => void child.stdin.end());
};

const compare = async (core: BenchCore, { rounds, say }: PartOptions): Promise<(Measure | Skipped)[]> => {
  const mixed = await makeCosts(join(core.workFolder, 'mixed'), probeCosts);
  const falling = await makeCosts(join(core.workFolder, 'falling'), costs);
  // Starts the workers, which then stay.
  await divide(core, mixed, 'adaptive');
  const found = { adaptive: [] as number[], static: [] as number[], ideal: [] as number[], left: [] as number[], right: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const scheme of round % 2 === 1 ? (['adaptive', 'static'] as const) : (['static', 'adaptive'] as const)) {
      const speeds = await measureSpeeds(core, mixed);
      found.left.push(speeds.left);
      found.right.push(speeds.right);
      if (scheme === 'adaptive') found.ideal.push(items / (speeds.left + speeds.right));
      found[scheme].push(secondsOf(await divide(core, falling, scheme)));
    }
    say(
      `round ${round}: speeds ${found.left.at(-1)?.toFixed(1)} and ${found.right.at(-1)?.toFixed(1)} items/s, adaptive ${found.adaptive.at(-1)?.toFixed(2)} s, static ${found.static.at(-1)?.toFixed(2)} s, ideal ${found.ideal.at(-1)?.toFixed(2)} s`,
    );
  }
  return [
    measure('speed of the core alone', 'items/s', found.left),
    measure('speed of the core with the load', 'items/s', found.right),
    measure('divided while it runs', 's', found.adaptive),
    measure('divided before it starts', 's', found.static),
    ratio('divided while it runs, of before', found.adaptive, found.static, { atMost: 0.85 }),
    ratio('ideal of divided while it runs', found.ideal, found.adaptive, { atLeast: 0.9 }),
  ];
};

/** Before each job, because the latest that was divided while it ran teaches the speeds, and stretches of the falling costs would teach wrong ones. */
const measureSpeeds = async (core: BenchCore, mixed: readonly string[]): Promise<{ left: number; right: number }> => {
  await divide(core, mixed, 'adaptive');
  // One chunk each, both for as long: what chunks cost beside their items is hardly in it.
  return speedsIn(await divide(core, mixed, 'static'));
};

const divide = async (core: BenchCore, paths: readonly string[], scheme: SplitScheme): Promise<JobDetail> => {
  const files = paths.map((path) => ({ path }));
  const resources = { memoryBytes: 400e6 };
  const [id = 0] = await core.submit([
    { runtime: 'application', application: 'vad', files, resources, split: { scheme, over: [...shares] } },
  ]);
  const job = await core.wait(id);
  if (job.state.kind !== 'succeeded') throw new Error(`job ${id} ended as ${job.state.kind}: ${job.sentence ?? ''}`);
  const names = job.result?.kind === 'speech' ? job.result.items.map(({ file }) => file) : [];
  if (names.join() !== paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).join())
    throw new Error(`job ${id} lost or repeated items`);
  return job;
};

const secondsOf = ({ state }: JobDetail): number =>
  'endedAt' in state ? (state.endedAt - (state.startedAt ?? state.endedAt)) / 1000 : Number.NaN;

const speedsIn = ({ state }: JobDetail): { left: number; right: number } => {
  const parts = 'ranOn' in state ? (state.ranOn?.parts ?? []) : [];
  const speed = (name: string): number => parts.find(({ device }) => device === name)?.itemsPerSecond ?? Number.NaN;
  return { left: speed('left'), right: speed('right') };
};
