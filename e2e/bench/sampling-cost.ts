import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceState } from '../../shared/contract/devices.ts';
import { processorSecondsOf } from '../../electron/core/lib/process-tree.ts';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import { buildFakeNvml, fakeGpu } from '../fixtures/nvml/fake-nvml.ts';
import { repository } from '../switchyard.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, type Measure, type Skipped } from './measure.ts';
import { seconds, type Part } from './part.ts';

const gpus = 8;
const processCount = 200;
/** One figure; five of them are the five minutes that count. */
const sliceMs = 60_000;
const settleMs = 5000;

/** What it costs to watch the machine. */
export const samplingCostPart: Part = {
  name: 'sampling-cost',
  about: `processor time of the core with its sampler and all else that it started, ${gpus} GPUs and ${processCount} processes behind a library that answers like NVML, in slices of ${sliceMs / 1000} s: nobody looking, then \`devices --watch\` reading devices and processes every second; beside it, in the same seconds, systeminformation polled for the same and btop`,
  packages: ['btop', 'gcc', 'libc6-dev'],
  async run({ rounds, say, lifetime }) {
    if (process.platform !== 'linux') return [{ name: 'all', skipped: 'Processor time is read from /proc.' }];
    if (spawnSync('gcc', ['--version']).error) return [{ name: 'all', skipped: 'There is no gcc to build the library with.' }];
    const core = await startCoreWithGpus(lifetime);
    const rivals = startRivals(lifetime);
    await delay(settleMs);
    const hidden = await costs(core, rivals, rounds, (round) => say(`nobody looking, ${round} of ${rounds}`));
    startViewer(lifetime, core);
    await delay(settleMs);
    const shown = await costs(core, rivals, rounds, (round) => say(`devices shown, ${round} of ${rounds}`));
    const ours = (name: string, of: Costs, atMost: number): Measure => measure(name, '% of one core', of.get('core') ?? [], { atMost });
    return [ours('hidden', hidden, 1), ours('shown', shown, 3), ...rivals.map((rival) => rivalFigure(rival, hidden, shown))];
  },
};

const startCoreWithGpus = async (lifetime: Lifetime): Promise<BenchCore> => {
  const nvml = await buildFakeNvml();
  lifetime.add(() => nvml.remove());
  const others = Array.from({ length: processCount }, () => spawn('sleep', ['infinity'], { stdio: 'ignore' }));
  lifetime.add(() => others.forEach((other) => other.kill()));
  nvml.write({
    gpus: Array.from({ length: gpus }, (_, index) => fakeGpu(index)),
    processes: others.map(({ pid = 0 }, index) => ({ gpu: index % gpus, pid, bytes: 2 ** 28 })),
  });
  const variables = Object.entries(nvml.environment).map(([name, value]) => `${name}=${value}`);
  const core = await startBenchCore(lifetime, ['env', ...variables]);
  const { devices } = await core.rest.ask<{ devices: DeviceState[] }>('GET', '/devices');
  const found = devices.filter(({ kind }) => kind === 'gpu').length;
  if (found !== gpus) throw new Error(`the core found ${found} of ${gpus} GPUs`);
  return core;
};

interface Rival {
  readonly name: string;
  /** Absent when it is not on this machine. */
  readonly pid?: number;
}

const startRivals = (lifetime: Lifetime): Rival[] => {
  const polling = spawn(process.execPath, [join(import.meta.dirname, 'bare', 'systeminformation-polling.ts')], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  lifetime.add(() => void polling.stdin.end());
  return [rivalOf('systeminformation', polling), startBtop(lifetime)];
};

const rivalOf = (name: string, { pid }: ChildProcess): Rival => ({ name, ...(pid !== undefined && { pid }) });

/** It draws only in a terminal, which `script` gives it. */
const startBtop = (lifetime: Lifetime): Rival => {
  const name = 'btop';
  if (spawnSync('btop', ['--version']).error || spawnSync('script', ['--version']).error) return { name };
  const child = spawn('script', ['-qfc', 'stty cols 160 rows 48; exec btop', '/dev/null'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  lifetime.add(() => void child.kill());
  return rivalOf(name, child);
};

const startViewer = (lifetime: Lifetime, { dataFolder }: BenchCore): void => {
  const viewer = spawn(process.execPath, [join(repository, 'out', 'main', 'cli.js'), 'devices', '--watch', '--json'], {
    stdio: 'ignore',
    env: { ...process.env, SWITCHYARD_DATA: dataFolder },
  });
  lifetime.add(() => void viewer.kill());
};

/** Percent of one core, slice by slice, of the core and each rival. */
type Costs = ReadonlyMap<string, number[]>;

const costs = async (core: BenchCore, rivals: readonly Rival[], rounds: number, say: (round: number) => void): Promise<Costs> => {
  const watched = [{ name: 'core', pid: core.processId }, ...rivals].filter((one): one is Required<Rival> => one.pid !== undefined);
  const found = new Map(watched.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= rounds; round += 1) {
    const before = processorSecondsOf(watched.map(({ pid }) => pid));
    const taken = await seconds(() => delay(sliceMs));
    const after = processorSecondsOf(watched.map(({ pid }) => pid));
    for (const { name, pid } of watched) {
      const used = (after.get(pid) ?? Number.NaN) - (before.get(pid) ?? Number.NaN);
      found.get(name)?.push((100 * used) / taken);
    }
    say(round);
  }
  return found;
};

const rivalFigure = ({ name, pid }: Rival, hidden: Costs, shown: Costs): Measure | Skipped =>
  pid === undefined
    ? { name, skipped: `There is no program ${name} here.` }
    : measure(name, '% of one core', [...(hidden.get(name) ?? []), ...(shown.get(name) ?? [])]);
