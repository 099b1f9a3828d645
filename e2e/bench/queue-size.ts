import { availableParallelism } from 'node:os';
import { createScheduler } from '../../electron/core/services/scheduler/scheduler.ts';
import type { SchedulerEvent, TaskRequest } from '../../electron/core/scheduler-port.ts';
import { PolicyName } from '../../shared/contract/scheduler.ts';
import { seeded } from '../tools/seeded.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { blockerJob, trueJobs } from './jobs.ts';
import { measure, ratio } from './measure.ts';
import type { Part } from './part.ts';
import { quantile } from './statistics.ts';
import { submitRate } from './submits.ts';

const queued = 20_000;
const cores = availableParallelism();

/** Whether a long queue makes adding slow. */
export const queueSizePart: Part = {
  name: 'queue-size',
  about: `adding to a queue of ${queued} waiting jobs beside adding to an empty one; two cores in turn, both with the machine granted to one job`,
  async run({ rounds, say, lifetime }) {
    const empty = await startBenchCore(lifetime);
    const full = await startBenchCore(lifetime);
    for (const core of [empty, full]) await core.submit([blockerJob(cores)]);
    await full.submitAll(trueJobs(queued));
    const ways = [
      { name: 'in batches of 100', batch: 100, submits: 20, parallel: 1 },
      { name: 'one at a time', batch: 1, submits: 300, parallel: 1 },
    ];
    const figures = [];
    for (const way of ways) {
      const perJob = async (core: BenchCore): Promise<number> => 1e6 / (await submitRate(core, way));
      await perJob(empty);
      await perJob(full);
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        for (const core of round % 2 === 1 ? [empty, full] : [full, empty]) (core === full ? ours : theirs).push(await perJob(core));
        say(`${way.name}, round ${round} of ${rounds}`);
      }
      figures.push(
        measure(`${way.name}, empty queue`, 'µs/job', theirs),
        measure(`${way.name}, ${queued} waiting`, 'µs/job', ours),
        ratio(`${way.name}, long of empty`, ours, theirs, { atMost: 1.3 }),
      );
    }
    return figures;
  },
};

const decisionsPerRound = 5000;
const pending = 100_000;
const slots = 64;

/** How long the state machine thinks; nobody can see that from outside, so it is asked in this process. */
export const decisionPart: Part = {
  name: 'decisions',
  about: `the scheduler alone in this process, ${pending} tasks of 50 groups pending on ${slots} devices under each policy, most with run times, a third with deadlines: ends, submits, cancels and "run next" in a seeded mix, each timed with the decisions it causes; memory is the heap of the whole process, with what is not collected yet`,
  run: async ({ rounds, say }) => {
    const figures = [];
    for (const policy of PolicyName.options) {
      const slowest: number[] = [];
      const middle: number[] = [];
      const memory: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const { times, heapBytes } = timeDecisions(policy, round);
        // The first round warms the code up.
        if (round === 0) continue;
        slowest.push(quantile(times, 0.99));
        middle.push(quantile(times, 0.5));
        memory.push(heapBytes / 1e6);
        say(`${policy}, round ${round} of ${rounds}`);
      }
      figures.push(
        measure(`one event under ${policy}, median`, 'ms', middle),
        measure(`one event under ${policy}, p99`, 'ms', slowest, { atMost: 5 }),
        measure(`memory under ${policy}`, 'MB', memory, { atMost: 500 }),
      );
    }
    return figures;
  },
};

const device = (number: number) => ({
  id: `gpu${number}`,
  kind: 'gpu' as const,
  name: `GPU ${number}`,
  cores: 0,
  memoryBytes: 16e9,
  foreign: [],
});

/** Slow devices are the second half. */
const slowSeconds = (p50Seconds: number) =>
  Object.fromEntries(
    Array.from({ length: slots / 2 }, (_, place) => [
      `gpu${slots / 2 + place}`,
      { p50Seconds: 3 * p50Seconds, p90Seconds: 6 * p50Seconds },
    ]),
  );

/** What tasks are: 40 kinds of work of about 1 s to 20 min, of a few of which nothing is known. */
const works = Array.from({ length: 40 }, (_, place) => {
  const p50Seconds = 1.2 ** place;
  const needs = place % 2 ? { cores: 0.5, device: { kind: 'gpu' as const, count: place % 8 === 7 ? 4 : 1 } } : { cores: 1 + (place % 4) };
  const known = { estimate: { p50Seconds, p90Seconds: 2 * p50Seconds }, ...(place % 2 && { estimateOn: slowSeconds(p50Seconds) }) };
  return { p50Seconds, values: { ...needs, memoryBytes: 2 ** (20 + (place % 4)), ...(place % 10 !== 9 && known) } };
});

const timeDecisions = (policy: PolicyName, seed: number): { times: number[]; heapBytes: number } => {
  const random = seeded(seed);
  const cpu = { id: 'cpu', kind: 'cpu' as const, name: 'CPU', cores: 64, foreign: [] };
  const devices = [cpu, ...Array.from({ length: slots }, (_, number) => device(number))];
  const scheduler = createScheduler({ policy, isPaused: false, capacity: { memoryBytes: 256e9, foreignBytes: 0, devices } });
  const running: string[] = [];
  const begun = new Set<string>();
  const waiting: TaskRequest[] = [];
  const times: number[] = [];
  let sequence = 0;
  let boost = 0;
  let now = 0;
  const newTask = (): TaskRequest => {
    sequence += 1;
    const { p50Seconds, values } = works[Math.floor(random() * works.length)]!; // random is below 1
    return {
      ...values,
      id: String(sequence),
      job: { id: sequence, name: `job ${sequence}` },
      group: `lab${sequence % 5}/g${sequence % 50}`,
      priority: Math.floor(random() * 20) - 10,
      enqueuedAt: now,
      sequence,
      backend: 'command',
      after: [],
      boost: 0,
      isHeld: false,
      ...(sequence % 3 === 0 && { deadline: now + 1000 * p50Seconds * (2 + 100_000 * random()) }),
    };
  };
  const apply = (event: SchedulerEvent): void => {
    now += 7;
    const start = performance.now();
    const decisions = scheduler.apply(event, now);
    times.push(performance.now() - start);
    for (const { kind, task } of decisions) {
      if (kind !== 'start') continue;
      running.push(task);
      begun.add(task);
    }
  };
  const submit = (): void => {
    const task = newTask();
    waiting.push(task);
    apply({ kind: 'submitted', task });
  };
  const anyWaiting = (): TaskRequest | undefined => {
    for (;;) {
      const [task] = waiting.splice(Math.floor(random() * waiting.length), 1);
      if (task === undefined || !begun.has(task.id)) return task;
    }
  };
  // A queue of that length comes in while nothing starts.
  apply({ kind: 'paused' });
  while (scheduler.counts.waiting < pending) submit();
  apply({ kind: 'resumed' });
  times.length = 0;
  for (let event = 0; event < decisionsPerRound; event += 1) {
    const choice = random();
    const task = choice < 0.6 ? undefined : anyWaiting();
    if (choice < 0.3 || scheduler.counts.waiting < pending) submit();
    else if (choice < 0.6) apply({ kind: 'ended', task: running.shift() ?? '', succeeded: true });
    else if (task && choice < 0.8) apply({ kind: 'removed', task: task.id });
    else if (task) apply({ kind: 'changed', task: { ...task, boost: (boost += 1) } });
  }
  return { times, heapBytes: process.memoryUsage().heapUsed };
};
