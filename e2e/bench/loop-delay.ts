import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makePieces } from './batch-inputs.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { trueJobs } from './jobs.ts';
import { measure, type Measure, type Skipped } from './measure.ts';
import type { Part } from './part.ts';
import { submitRate } from './submits.ts';

const queued = 1000;
/** The core answers for the last ten to twenty seconds; a little more, so that nothing from before is left in. */
const phaseMs = 22_000;
const slowDiskMs = 10;
const tracer = [
  ...['strace', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'],
  ...['-e', `inject=fsync,fdatasync:delay_exit=${slowDiskMs * 1000}`],
];

/** Whether the core stays quick when the machine is not. */
export const loopDelayPart: Part = {
  name: 'loop-delay',
  about: `event-loop delay p99 of the core, as app.status tells it, with ${queued} jobs queued: behind sounds that workers hear on every core while batches are submitted and read, and while commands drain beside one such worker; then the same with ${slowDiskMs} ms added to every fsync and fdatasync of the core`,
  packages: ['strace'],
  async run({ rounds, say, lifetime }) {
    const count = Math.max(1, Math.ceil(rounds / 3));
    const figures: (Measure | Skipped)[] = [];
    for (const isSlow of [false, true]) {
      const where = isSlow ? `, disk ${slowDiskMs} ms slower` : '';
      if (isSlow && spawnSync('strace', ['-V']).error) {
        figures.push({ name: `all${where}`, skipped: 'There is no program strace here.' });
        continue;
      }
      const core = await startBenchCore(lifetime, isSlow ? tracer : []);
      const sounds = await makePieces(join(core.workFolder, 'sounds'), 40);
      const full: number[] = [];
      const draining: number[] = [];
      const rates: number[] = [];
      for (let round = 1; round <= count; round += 1) {
        const phase = await fullMachine(core, sounds);
        full.push(phase.p99);
        rates.push(...phase.rates);
        draining.push(await drainingQueue(core, sounds));
        say(`round ${round} of ${count}${where}`);
      }
      figures.push(
        measure(`machine full, ${queued} queued${where}`, 'ms', full, { atMost: 20 }),
        measure(`commands draining, ${queued} queued${where}`, 'ms', draining, { atMost: 20 }),
        measure(`batches of 100 into the full machine${where}`, 'jobs/s', rates, { atLeast: 1000 }),
      );
    }
    return figures;
  },
};

/** Workers on all cores, a queue behind them, and clients that submit, cancel and read. */
const fullMachine = async (core: BenchCore, sounds: readonly string[]): Promise<{ p99: number; rates: number[] }> => {
  const load = await core.submit(Array.from({ length: availableParallelism() }, () => hearing(sounds)));
  const ids = await core.submitAll(trueJobs(queued));
  const rates: number[] = [];
  const until = performance.now() + phaseMs;
  while (performance.now() < until) {
    rates.push(await submitRate(core, { batch: 100, submits: 5, parallel: 1 }));
    await readAround(core);
  }
  const p99 = await loopDelay(core);
  await core.cancel(ids);
  await endAll(core, load);
  return { p99, rates };
};

/** One worker busy, and commands that go through the other cores as fast as they can; the queue is filled up again and again. */
const drainingQueue = async (core: BenchCore, sounds: readonly string[]): Promise<number> => {
  const load = await core.submit([hearing(sounds)]);
  const until = performance.now() + phaseMs;
  while (performance.now() < until) {
    const { counts } = await core.status();
    if (counts.pending < queued) await core.submitAll(trueJobs(queued - counts.pending + 200));
    await readAround(core);
  }
  const p99 = await loopDelay(core);
  await endAll(core, load);
  return p99;
};

const hearing = (sounds: readonly string[]) => ({
  runtime: 'application' as const,
  application: 'vad',
  // Long enough for a phase: each sound takes some tens of milliseconds.
  files: Array.from({ length: 4000 }, (_, index) => ({ path: sounds[index % sounds.length] ?? '' })),
  priority: 1000,
});

const readAround = async (core: BenchCore): Promise<void> => {
  await core.status();
  await core.rest.ask('GET', '/jobs?limit=100');
  await delay(50);
};

const loopDelay = async (core: BenchCore): Promise<number> => {
  const { loopDelayP99Ms } = await core.status();
  if (loopDelayP99Ms === undefined) throw new Error('the core has not measured its event loop');
  return loopDelayP99Ms;
};

const endAll = async (core: BenchCore, load: readonly number[]): Promise<void> => {
  await core.cancel(load);
  for (;;) {
    const { counts } = await core.status();
    if (counts.running + counts.pending === 0) return;
    await delay(50);
  }
};
