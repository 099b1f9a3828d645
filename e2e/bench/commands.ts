import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { trueJobs } from './jobs.ts';
import { measure, ratio, type Measure, type Skipped } from './measure.ts';
import { seconds, type Part } from './part.ts';
import { startBareLoop } from './run-bare.ts';

const count = 500;

/** How fast real commands go from submit to their recorded end. */
export const commandPart: Part = {
  name: 'commands',
  about: `${count} real \`true\` commands from submit to recorded end, beside a bare child_process.spawn loop of the same parallelism and task-spooler`,
  packages: ['task-spooler'],
  async run({ rounds, say, lifetime }) {
    const parallel = availableParallelism();
    const core = await startBenchCore(lifetime);
    const bare = startBareLoop(lifetime, 'spawn-loop.ts', [String(count), String(parallel)]);
    const spooler = openSpooler(lifetime, parallel);
    await commandRate(core);
    await bare.round();
    const ours: number[] = [];
    const theirs: number[] = [];
    const spooled: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      theirs.push(count / (await bare.round()));
      ours.push(await commandRate(core));
      if (spooler) spooled.push(spooler.rate(count));
      say(`round ${round} of ${rounds}`);
    }
    const beside: Measure | Skipped = spooler
      ? measure('task-spooler', 'jobs/s', spooled)
      : { name: 'task-spooler', skipped: 'There is no program tsp here (Debian package task-spooler).' };
    return [
      measure('switchyard', 'jobs/s', ours),
      measure(`bare spawn loop, ${parallel} at once`, 'jobs/s', theirs),
      ratio('switchyard of the bare loop', ours, theirs, { atLeast: 0.5 }),
      beside,
    ];
  },
};

const commandRate = async (core: BenchCore): Promise<number> => {
  const jobs = trueJobs(count);
  const taken = await seconds(async () => {
    await core.submitAll(jobs);
    await core.succeeded(count);
  });
  return count / taken;
};

/** A task-spooler of our own; null where there is none. */
const openSpooler = (lifetime: Lifetime, slots: number) => {
  if (spawnSync('tsp', ['-V']).error) return null;
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-tsp-'));
  const env = { ...process.env, TS_SOCKET: join(folder, 'socket'), TMPDIR: folder, TS_SLOTS: String(slots) };
  const tsp = (...args: string[]): string => execFileSync('tsp', args, { env, encoding: 'utf8' });
  lifetime.add(() => {
    tsp('-K');
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    /** Each add is a process, because that is the only way in; `-n` keeps no output. */
    rate(jobs: number): number {
      tsp('-C');
      const start = performance.now();
      execFileSync('sh', ['-c', `i=0; while [ $i -lt ${jobs} ]; do tsp -n true >/dev/null; i=$((i+1)); done; tsp -w`], { env });
      return jobs / ((performance.now() - start) / 1000);
    },
  };
};
