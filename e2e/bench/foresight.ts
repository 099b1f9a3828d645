import { availableParallelism } from 'node:os';
import type { Plan } from '../../shared/model/plan.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { blockerJob, trueJobs } from './jobs.ts';
import { measure } from './measure.ts';
import { seconds, type Part } from './part.ts';

const queued = 5000;
/** The core answers for the last ten to twenty seconds; a little more, so that nothing from before is left in. */
const phaseMs = 22_000;

/** How quickly the core says what will happen, and whether that holds it up. */
export const foresightPart: Part = {
  name: 'foresight',
  about: `plan, explanation and what-if over REST with ${queued} jobs waiting, and the event-loop delay of the core while plans are asked for one after the other`,
  async run({ rounds, say, lifetime }) {
    const core = await startBenchCore(lifetime);
    // From what has run it is known how long the rest takes.
    await core.submitAll(trueJobs(5));
    await core.succeeded(5);
    await core.submit([blockerJob(availableParallelism())]);
    const ids = await core.submitAll(trueJobs(queued));
    const asked: [name: string, ask: () => Promise<unknown>, atMost?: number][] = [
      ['plan of the first 500', () => core.rest.ask('GET', '/queue/plan?limit=500')],
      [`plan of ${queued}`, () => core.rest.ask('GET', `/queue/plan?limit=${queued}`), 1],
      ['explanation of the last', () => core.rest.ask('GET', `/jobs/${ids.at(-1)}/explain`)],
      ['what-if under every policy', () => core.rest.ask('POST', '/queue/what-if', { runs: 0 })],
    ];
    const figures = [];
    for (const [name, ask, atMost] of asked) {
      // The first time starts the thread and warms the code up.
      await ask();
      const times: number[] = [];
      for (let round = 1; round <= rounds; round += 1) times.push(await seconds(ask));
      say(name);
      figures.push(measure(name, 's', times, ...(atMost === undefined ? [] : [{ atMost }])));
    }
    return [...figures, measure('event-loop delay p99 meanwhile', 'ms', [await delayWhilePlanning(core)], { atMost: 20 })];
  },
};

const delayWhilePlanning = async (core: BenchCore): Promise<number> => {
  const until = performance.now() + phaseMs;
  while (performance.now() < until) {
    const { runs } = await core.rest.ask<Plan>('GET', '/queue/plan?limit=500');
    if (runs.length < 500) throw new Error(`only ${runs.length} runs were planned`);
  }
  return (await core.status()).loopDelayP99Ms ?? Number.NaN;
};
