import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { switchyard } from '../switchyard.ts';
import { startBenchCore } from './bench-core.ts';
import { blockerJob, trueJobs } from './jobs.ts';
import { measure, type Measure, type Skipped } from './measure.ts';
import { seconds, type Part } from './part.ts';

const queued = 20_000;
const idleMs = 60_000;
const statusRuns = 15;
/** USER_HZ, which Linux promises to programs whatever the kernel ticks at. */
const ticksPerSecond = 100;

/** What the core itself costs. */
export const footprintPart: Part = {
  name: 'footprint',
  about: `the headless core left alone for ${idleMs / 1000} s, \`switchyard status\` as a whole process against it, and its memory with ${queued} jobs queued`,
  async run({ say, lifetime }) {
    const core = await startBenchCore(lifetime);
    const times: number[] = [];
    await status(core.dataFolder);
    for (let run = 0; run < statusRuns; run += 1) times.push((await seconds(() => status(core.dataFolder))) * 1000);
    const figures: (Measure | Skipped)[] = [measure('switchyard status', 'ms', times, { atMost: 150 })];
    if (process.platform !== 'linux') return [...figures, { name: 'idle and memory', skipped: 'They are read from /proc.' }];
    say(`left alone for ${idleMs / 1000} s`);
    figures.push(measure('idle', '% of one core', [await idlePercent(core.processId)], { atMost: 1 }));
    const before = await residentMegabytes(core.processId);
    await core.submit([blockerJob(availableParallelism())]);
    await core.submitAll(trueJobs(queued));
    const after = await residentMegabytes(core.processId);
    figures.push(measure('memory when idle', 'MB', [before]), measure(`memory with ${queued} queued`, 'MB', [after], { atMost: 200 }));
    return figures;
  },
};

const status = async (dataFolder: string): Promise<void> => {
  const { code, stderr } = await switchyard(['status'], { dataFolder });
  if (code !== 0) throw new Error(`switchyard status ended with ${code}: ${stderr}`);
};

const idlePercent = async (pid: number): Promise<number> => {
  const before = await processorSeconds(pid);
  const taken = await seconds(() => delay(idleMs));
  return ((await processorSeconds(pid)) - before) * (100 / taken);
};

const processorSeconds = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const residentMegabytes = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]) / 1000;
};
