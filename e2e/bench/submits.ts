import { availableParallelism } from 'node:os';
import type { BenchCore } from './bench-core.ts';
import { startBenchCore } from './bench-core.ts';
import { blockerJob, trueJobs } from './jobs.ts';
import { measure } from './measure.ts';
import { seconds, type Part } from './part.ts';

const clients = 8;

interface Way {
  readonly name: string;
  readonly batch: number;
  readonly submits: number;
  readonly parallel: number;
  readonly goal?: { atLeast: number };
}

const ways: readonly Way[] = [
  { name: 'batches of 100, one client', batch: 100, submits: 20, parallel: 1, goal: { atLeast: 2000 } },
  { name: `batches of 100, ${clients} at once`, batch: 100, submits: 40, parallel: clients, goal: { atLeast: 2000 } },
  { name: 'one at a time, one client', batch: 1, submits: 300, parallel: 1, goal: { atLeast: 500 } },
  { name: `one at a time, ${clients} at once`, batch: 1, submits: 1000, parallel: clients, goal: { atLeast: 500 } },
];

/** How fast jobs are accepted. */
export const submitPart: Part = {
  name: 'submits',
  about: 'durable submits by REST, each acknowledged after its rows are synced to the disk (synchronous=FULL), into a queue that waits',
  async run({ rounds, say, lifetime }) {
    const core = await startBenchCore(lifetime);
    await core.submit([blockerJob(availableParallelism())]);
    const rates = new Map(ways.map((way) => [way, [] as number[]]));
    for (const way of ways) await submitRate(core, way);
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of ways) rates.get(way)?.push(await submitRate(core, way));
      say(`round ${round} of ${rounds}`);
    }
    return ways.map((way) => measure(way.name, 'jobs/s', rates.get(way) ?? [], way.goal));
  },
};

/** Jobs accepted in a second; they are cancelled afterwards, so that each measurement finds the same queue. */
export const submitRate = async (core: BenchCore, { batch, submits, parallel }: Omit<Way, 'name'>): Promise<number> => {
  const jobs = trueJobs(batch);
  const ids: number[] = [];
  let left = submits;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ids.push(...(await core.submit(jobs)));
    }
  };
  const taken = await seconds(() => Promise.all(Array.from({ length: parallel }, client)));
  await core.cancel(ids);
  return (batch * submits) / taken;
};
