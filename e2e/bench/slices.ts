import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRequest } from '../../shared/model/job.ts';
import { parseAllowedCores } from '../../electron/core/infrastructure/devices/proc-status.ts';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import { makePieces } from './batch-inputs.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, ratio, type Measure } from './measure.ts';
import { seconds, type Part, type PartOptions } from './part.ts';
import { startBareLoop } from './run-bare.ts';

/** For so long a process counts; long beside what it takes to start one. */
const countMs = 3000;
const counter = join(import.meta.dirname, 'bare', 'count.ts');
const sounds = 60;
/** Workers are started with this; the rival gets the same. */
const workerNice = 5;
const fewestRounds = 9;

/** A share of the processor with one core. */
interface Slice {
  readonly device: string;
  readonly core: number;
}

/** What a part of the processor is worth beside bare processes that are kept on the same cores. */
export const slicePart: Part = {
  name: 'slices',
  about: `work on two shares of one core each, from submit to recorded end, beside two bare processes under taskset on the same cores: commands that count for ${countMs / 1000} s, then jobs of ${sounds} sounds of 10 s; both run in turn, and each goes first in every other round. Then two commands of half a core each on one share`,
  async run(options) {
    const cores = process.platform === 'linux' ? (parseAllowedCores(readFileSync('/proc/self/status', 'utf8')) ?? []) : [];
    const [left, right] = cores;
    if (left === undefined || right === undefined) return [{ name: 'all', skipped: 'It takes Linux and two cores.' }];
    if (spawnSync('taskset', ['--version']).error) return [{ name: 'all', skipped: 'There is no program taskset here.' }];
    const core = await startBenchCore(options.lifetime);
    const slices: Slice[] = [
      { device: 'left', core: left },
      { device: 'right', core: right },
    ];
    for (const slice of slices) {
      await core.rest.ask('POST', '/devices/cpu/split', { name: slice.device, coreIds: [slice.core] });
    }
    return [
      ...(await countOn(core, slices, options)),
      ...(await hearOn(core, slices, options)),
      ...(await countBeside(core, slices, options)),
    ];
  },
};

const roundsOf = ({ rounds }: PartOptions): number => Math.max(fewestRounds, rounds);

/** Runs both again and again, each first in every other round; figures that stand beside each other met the same machine. */
const inTurn = async (options: PartOptions, what: string, ours: () => Promise<number>, theirs: () => Promise<number>) => {
  const figures = { ours: [] as number[], theirs: [] as number[] };
  const runOurs = async (): Promise<unknown> => figures.ours.push(await ours());
  const runTheirs = async (): Promise<unknown> => figures.theirs.push(await theirs());
  for (let round = 1; round <= roundsOf(options); round += 1) {
    for (const run of round % 2 === 1 ? [runOurs, runTheirs] : [runTheirs, runOurs]) await run();
    options.say(`${what}, round ${round}`);
  }
  return figures;
};

// ── Commands that count ──

const countOn = async (core: BenchCore, slices: readonly Slice[], options: PartOptions): Promise<Measure[]> => {
  const rate = async (count: () => Promise<number[]>): Promise<number> => {
    let turns: number[] = [];
    const taken = await seconds(async () => void (turns = await count()));
    return sum(turns) / taken / 1e6;
  };
  const { ours, theirs } = await inTurn(
    options,
    'commands',
    () =>
      rate(() =>
        countInJobs(
          core,
          slices.map(({ device }) => countJob(device)),
        ),
      ),
    () => rate(() => Promise.all(slices.map((slice) => countBare(slice)))),
  );
  return [
    measure('commands on two shares', 'million turns/s', ours),
    measure('two bare processes under taskset', 'million turns/s', theirs),
    ratio('commands on shares of bare processes', ours, theirs, { atLeast: 0.9 }),
  ];
};

const countJob = (device: string, cores = 1): JobRequest => ({
  runtime: 'command',
  command: [process.execPath, counter, String(countMs)],
  folder: tmpdir(),
  resources: { cores, memoryBytes: 100e6, on: [device] },
});

/** How far each came. */
const countInJobs = async (core: BenchCore, jobs: readonly JobRequest[]): Promise<number[]> => {
  const ids = await core.submit(jobs);
  await Promise.all(ids.map((id) => succeed(core, id)));
  return Promise.all(ids.map(async (id) => Number((await core.rest.ask<{ text: string }>('GET', `/jobs/${id}/log`)).text)));
};

const succeed = async (core: BenchCore, id: number): Promise<void> => {
  const { state, sentence } = await core.wait(id);
  if (state.kind !== 'succeeded') throw new Error(`job ${id} ended as ${state.kind}: ${sentence ?? ''}`);
};

const countBare = ({ core }: Slice): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', String(core), process.execPath, counter, String(countMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => void (text += part));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(Number(text)) : reject(new Error(`a bare process ended with ${code}`))));
  });

/** What two get that share one core, beside what one gets that has it alone. */
const countBeside = async (core: BenchCore, [slice]: readonly Slice[], options: PartOptions): Promise<Measure[]> => {
  if (!slice) throw new Error('there is no share to count on');
  const shares: [number[], number[]] = [[], []];
  for (let round = 1; round <= roundsOf(options); round += 1) {
    const alone = sum(await countInJobs(core, [countJob(slice.device)]));
    const both = await countInJobs(core, [countJob(slice.device, 0.5), countJob(slice.device, 0.5)]);
    shares.forEach((values, index) => values.push((both[index] ?? Number.NaN) / alone));
    options.say(`two on one share, round ${round}`);
  }
  return [
    measure('the first of two on one share, of one alone', 'ratio', shares[0], { atLeast: 0.45 }),
    measure('the second', 'ratio', shares[1], { atLeast: 0.45 }),
  ];
};

// ── Jobs of many sounds ──

const hearOn = async (core: BenchCore, slices: readonly Slice[], options: PartOptions): Promise<Measure[]> => {
  const folder = join(core.workFolder, 'sounds');
  const files = (await makePieces(folder, sounds)).map((path) => ({ path }));
  const jobs = slices.map(({ device }): JobRequest => ({ runtime: 'application', application: 'vad', files, resources: { on: [device] } }));
  const bare = slices.map((slice) => bareHearing(options.lifetime, slice, folder));
  const ours = async (): Promise<void> => void (await Promise.all((await core.submit(jobs)).map((id) => succeed(core, id))));
  const theirs = async (): Promise<void> => void (await Promise.all(bare.map((loop) => loop.round())));
  await ours();
  await theirs();
  const rate = (work: () => Promise<void>) => async (): Promise<number> => (slices.length * sounds) / (await seconds(work));
  const found = await inTurn(options, 'sounds', rate(ours), rate(theirs));
  return [
    measure('sounds on two shares', 'items/s', found.ours),
    measure('two bare loops under taskset', 'items/s', found.theirs),
    ratio('sounds on shares of bare loops', found.ours, found.theirs, { atLeast: 0.9 }),
  ];
};

const bareHearing = (lifetime: Lifetime, { core }: Slice, folder: string) =>
  startBareLoop(lifetime, 'vad-pieces.ts', [folder], workerNice, ['taskset', '-c', String(core)]);

const sum = (numbers: readonly number[]): number => numbers.reduce((so, one) => so + one, 0);
