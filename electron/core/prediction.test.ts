import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApplicationManifest } from '../../shared/model/application.ts';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { createFakeBackend, openTestCore, type FakeBackend, type TestCore } from './test-core.ts';

/* How long jobs should take, through the front door; the clock is the test's. */

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const failure: Outcome = { kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 1 } }, exitCode: 1 };

const ocr: ApplicationManifest = { id: 'ocr', accepts: ['.png'], manyFiles: true, models: [] };

let folder: string;
let clock: number;
let core: TestCore;

const open = async (given: Parameters<typeof openTestCore>[0] = {}): Promise<void> => {
  core = await openTestCore({ dataFolder: folder, now: () => clock, cores: 1, manifests: [ocr], ...given });
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-prediction-'));
  clock = 1_000_000;
  await open();
});
afterEach(async () => {
  await core.close();
  await rm(folder, { recursive: true, force: true });
  expect(core.bugs).toEqual([]);
});

const train: JobRequest = { runtime: 'command', command: ['python3', 'train.py'], folder: tmpdir() };
let runs: Map<FakeBackend, number>;
beforeEach(() => (runs = new Map()));

/** Runs one job to its end and answers it. */
const run = async (seconds: number, request: JobRequest = train, outcome: Outcome = success): Promise<JobDetail> => {
  const backend = request.runtime === 'command' ? core.command : core.onnx;
  const count = (runs.get(backend) ?? 0) + 1;
  runs.set(backend, count);
  const [id = 0] = await core.submit(request);
  const attempt = await backend.started(count);
  clock += seconds * 1000;
  attempt.end(outcome);
  return core.ended(id);
};

/** A job that does not start, so that what is predicted for it can be read. */
const waiting = async (request: JobRequest = train): Promise<JobDetail> => {
  await core.client.scheduler.pause();
  const [id = 0] = await core.submit(request);
  return core.client.jobs.get({ id });
};

test('what was never run is not predicted', async () => {
  expect((await run(12)).prediction).toBeUndefined();
  expect(await core.client.predictions.list()).toEqual({ predictions: [] });
  expect((await waiting({ ...train, command: ['sort'] })).prediction).toBeUndefined();
});

describe('after some runs', () => {
  test('a waiting job says how long it should take and on what that rests', async () => {
    for (const seconds of [12, 11, 30]) await run(seconds);
    expect((await waiting()).prediction).toEqual({ p50Seconds: 12, p90Seconds: 24, from: 'repeats', samples: 3 });
  });

  test('a running job keeps what was predicted when it started, and an ended one too', async () => {
    for (const seconds of [12, 12, 12]) await run(seconds);
    const [id = 0] = await core.submit(train);
    await core.command.started(4);
    const running = await core.client.jobs.get({ id });
    expect(running.state).toMatchObject({ predicted: { p50Seconds: 12 } });
    clock += 40_000;
    core.command.attempts[3]?.end(success);
    expect(await core.ended(id)).toMatchObject({ state: { kind: 'succeeded' }, prediction: { p50Seconds: 12, samples: 3 } });
    expect((await core.client.jobs.list({ filter: 'succeeded' })).rows[0]?.state).toMatchObject({ predicted: { p50Seconds: 12 } });
    const { predictions } = await core.client.predictions.list();
    expect(predictions).toEqual([
      { family: 'python3 train.py', device: 'cpu', runs: 4, predicted: 3, mape: expect.closeTo(28 / 40 / 3), p90Coverage: 2 / 3 },
    ]);
  });

  test('runs that failed or were cancelled teach nothing', async () => {
    await run(12);
    await run(500, train, failure);
    const [id = 0] = await core.submit(train);
    await core.command.started(3);
    clock += 900_000;
    await core.client.jobs.cancel({ ids: [id] });
    await core.ended(id);
    expect((await waiting()).prediction).toMatchObject({ p50Seconds: 12, samples: 1 });
  });

  test('other arguments of the same program are predicted by those that ran', async () => {
    for (const seconds of [12, 12, 12]) await run(seconds);
    expect((await waiting({ ...train, command: ['python3', 'train.py', '--fast'] })).prediction).toMatchObject({
      from: 'family',
      samples: 3,
    });
  });

  test('a model with twice the input is predicted by how its time grows with its input', async () => {
    for (const bytes of [1000, 2000, 4000, 8000, 16_000]) await run(bytes / 1000, inputs(bytes));
    const { prediction, demand } = await waiting(inputs(32_000));
    expect(demand.inputBytes).toBe(32_000);
    expect(prediction).toMatchObject({ from: 'size', samples: 5, p50Seconds: expect.closeTo(32, 0) });
  });
});

/** A model with so much input. */
const inputs = (bytes: number): JobRequest => {
  const model = { path: join(folder, 'model.onnx') };
  writeFileSync(model.path, 'x');
  const path = join(folder, `input-${bytes}.json`);
  writeFileSync(path, ' '.repeat(bytes));
  return { runtime: 'onnx', model, inputs: [{ name: 'x', file: { path } }] };
};

test('what a user expects orders a job that nobody has run, and is corrected by the words of its group before', async () => {
  const expecting = (name: string, expectedSeconds: number, group = 'lab'): JobRequest => ({
    ...train,
    command: [name],
    expectedSeconds,
    group,
  });
  for (const [index, seconds] of [10, 20, 30].entries()) await run(seconds, expecting(`work-${index}`, seconds * 6));
  expect((await waiting(expecting('new', 600))).prediction).toMatchObject({ p50Seconds: expect.closeTo(100), from: 'said', samples: 3 });
  expect((await waiting(expecting('new', 600, 'night'))).prediction).toMatchObject({ p50Seconds: 600, from: 'said', samples: 0 });
});

describe('a model whose worker is warm or has to be started', () => {
  const ranOn = { device: 'cpu', deviceName: 'Test CPU', cores: 1 };
  const warm: Outcome = { kind: 'succeeded', artifacts: [], ranOn: { ...ranOn, warm: true } };
  const cold: Outcome = { kind: 'succeeded', artifacts: [], ranOn: { ...ranOn, warm: false, startUpSeconds: 4 } };

  test('is predicted by which of the two it finds, and what it found is kept', async () => {
    for (let count = 0; count < 3; count += 1) {
      core.onnx.warm = false;
      await run(5, inputs(1000), cold);
      core.onnx.warm = true;
      await run(1, inputs(1000), warm);
    }
    expect((await run(2, inputs(1000), warm)).state).toMatchObject({ predicted: { p50Seconds: 1, warm: true }, ranOn: { warm: true } });
    expect((await waiting(inputs(1000))).prediction).toMatchObject({ p50Seconds: 1, warm: true });
    core.onnx.warm = false;
    expect((await waiting(inputs(1000))).prediction).toMatchObject({ p50Seconds: 5, warm: false, startUpSeconds: 4, from: 'repeats' });
    const { predictions } = await core.client.predictions.list();
    expect(predictions.map(({ warm: isWarm, runs: learned }) => [isWarm, learned])).toEqual(
      expect.arrayContaining([
        [true, 4],
        [false, 3],
      ]),
    );
  });

  describe('and turns out to be in the other state than it seemed when the run was decided on', () => {
    beforeEach(async () => {
      for (let count = 0; count < 3; count += 1) {
        core.onnx.warm = false;
        await run(5, inputs(1000), cold);
        core.onnx.warm = true;
        await run(1, inputs(1000), warm);
      }
      await run(3, train);
    });

    /** One that runs, and one behind it that needs its core. */
    const begin = async (seemed: boolean, found: boolean): Promise<{ running: JobDetail; start(): Promise<number> }> => {
      core.onnx.warm = seemed;
      core.onnx.finds = found;
      const [id = 0, next = 0] = await core.submit(inputs(1000), train);
      await core.onnx.started(7);
      const expectedAt = async (): Promise<number> =>
        ((await core.client.scheduler.plan({})).runs.find(({ job }) => job.id === next)?.startsAt ?? Infinity) - clock;
      return { running: await core.client.jobs.get({ id }), start: expectedAt };
    };

    test('is predicted again before it runs: a warm worker after all', async () => {
      const { running, start } = await begin(false, true);
      expect(running.prediction).toEqual({ p50Seconds: 1, p90Seconds: expect.any(Number), from: 'repeats', samples: 3, warm: true });
      expect(await start()).toBe(1000);
    });

    test('is predicted again before it runs: none that is warm', async () => {
      const { running, start } = await begin(true, false);
      expect(running.prediction).toMatchObject({ p50Seconds: 5, warm: false, startUpSeconds: 4 });
      expect(await start()).toBe(5000);
      clock += 5000;
      core.onnx.attempts[6]?.end(cold);
      const ended = await core.ended(running.id);
      expect(ended.state).toMatchObject({ kind: 'succeeded', predicted: { p50Seconds: 5, warm: false } });
      expect(ended.events.flatMap(({ state }) => ('predicted' in state ? [[state.kind, state.predicted?.warm]] : []))).toEqual([
        ['starting', true],
        ['running', false],
        ['succeeded', false],
      ]);
      const { predictions } = await core.client.predictions.list();
      expect(predictions.find(({ warm: isWarm }) => isWarm === false)).toMatchObject({ runs: 4, predicted: 3 });
    });
  });

  test('is granted and predicted the memory that its worker has told of, however short it ran', async () => {
    const held = (peakMemoryBytes: number): Outcome => ({ ...warm, ranOn: { ...ranOn, warm: true, peakMemoryBytes } });
    core.onnx.warm = true;
    for (const bytes of [90e6, 80e6, 85e6]) await run(0.001, inputs(1000), held(bytes));
    const { demand, prediction, predictionQuality } = await waiting(inputs(1000));
    expect(demand).toMatchObject({ memoryFrom: 'measured', memoryBytes: 6 * 16 * 1024 ** 2 });
    expect(prediction?.memory).toMatchObject({ p50Bytes: 85e6, from: 'repeats', samples: 3 });
    expect(predictionQuality?.memory?.predicted).toBe(2);
  });

  test('is not taken to be slow because it waited for the worker of another job', async () => {
    core.onnx.warm = true;
    await run(61, inputs(1000), { ...warm, ranOn: { ...ranOn, warm: true, queuedSeconds: 60 } });
    expect((await waiting(inputs(1000))).prediction).toMatchObject({ p50Seconds: 1 });
  });
});

describe('a model that has never run, on a processor that was measured', () => {
  /** Two threads at 100 GFLOP/s in all. Counts how often a model was weighed. */
  const openMeasured = async (weighs: { operations?: { flop: number; bytes: number } }): Promise<{ weighed: number }> => {
    const asked = { weighed: 0 };
    await core.close();
    await open({
      measureDevice: () => Promise.resolve({ kind: 'measured', figures: { gflops: 100, gbPerSecond: 20, threads: 2 } }),
      weighModel: () => {
        asked.weighed += 1;
        return Promise.resolve(weighs.operations);
      },
    });
    return asked;
  };
  const model = (name: string): JobRequest => {
    const paths = [join(folder, `${name}.onnx`), join(folder, 'input.json')] as const;
    for (const path of paths) writeFileSync(path, '[1]');
    return { runtime: 'onnx', model: { path: paths[0] }, inputs: [{ name: 'x', file: { path: paths[1] } }] };
  };
  const coldly = (startUpSeconds: number): Outcome => ({
    ...success,
    ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1, warm: false, startUpSeconds },
  });

  test('should take what it computes at that speed, says so, and is told by its own runs after three of them', async () => {
    const asked = await openMeasured({ operations: { flop: 100e9, bytes: 1e9 } });
    await core.client.devices.measure({ id: 'cpu' });
    // Shows what the start of a worker takes, and what any run costs: one second.
    await run(5, model('other'), coldly(4));
    asked.weighed = 0;
    const before = await waiting(model('new'));
    const roofline = { flop: 100e9, bytes: 1e9, gflops: 50, gbPerSecond: 10 };
    const expected = { p50Seconds: 2 + 1 + 4, p90Seconds: 28, from: 'roofline', samples: 0, warm: false, startUpSeconds: 4, roofline };
    expect(before).toMatchObject({ prediction: expected, demand: { operations: { flop: 100e9, bytes: 1e9 } } });
    expect((await core.client.jobs.explain({ id: before.id })).prediction).toEqual(expected);
    // The same model on the same input is looked into once.
    await waiting(model('new'));
    expect(asked.weighed).toBe(1);
    await core.client.jobs.cancel({ ids: [before.id + 1] });
    await core.client.scheduler.resume();
    const attempt = await core.onnx.started(2);
    clock += 9000;
    attempt.end(coldly(4));
    expect((await core.ended(before.id)).prediction).toEqual(expected);
    for (const seconds of [8, 10]) {
      runs.set(core.onnx, core.onnx.attempts.length);
      await run(seconds, model('new'), coldly(4));
    }
    expect((await waiting(model('new'))).prediction).toMatchObject({ p50Seconds: 9, from: 'repeats', samples: 3 });
    expect(asked.weighed).toBe(1);
  });

  test('is not looked into before anything was measured, and not predicted where its sizes cannot be known', async () => {
    const asked = await openMeasured({ operations: { flop: 100e9, bytes: 1e9 } });
    await run(5, model('other'), coldly(4));
    expect(asked.weighed).toBe(0);
    const unknown = await openMeasured({});
    await core.client.devices.measure({ id: 'cpu' });
    const job = await waiting(model('new'));
    expect(unknown.weighed).toBe(1);
    expect(job.prediction).toBeUndefined();
    expect(job.demand).not.toHaveProperty('operations');
  });
});

test('an application with twice the files should take twice as long', async () => {
  const files = Array.from({ length: 20 }, (_, index) => join(folder, `${index}.png`));
  for (const path of files) writeFileSync(path, 'x'.repeat(100));
  const read = (count: number): JobRequest => ({
    runtime: 'application',
    application: 'ocr',
    files: files.slice(0, count).map((path) => ({ path })),
  });
  await run(30, read(10));
  const { prediction, demand } = await waiting(read(20));
  expect(demand.inputBytes).toBe(2000);
  expect(prediction).toMatchObject({ from: 'size', samples: 1, p50Seconds: expect.closeTo(60) });
});

/** The journal is read in the background. */
const whenPredicted = async (): Promise<JobDetail['prediction']> => {
  const { id } = await waiting();
  const predicted = async () => (await core.client.jobs.get({ id })).prediction;
  await expect.poll(predicted).toBeDefined();
  return predicted();
};

describe('after a restart', () => {
  test('the runs of the journal are known again, with how good the predictions for them were', async () => {
    for (const seconds of [12, 11, 30]) await run(seconds);
    const before = await core.client.predictions.list();
    await core.close();
    clock += 1;
    await open();
    expect(await whenPredicted()).toEqual({ p50Seconds: 12, p90Seconds: 24, from: 'repeats', samples: 3 });
    expect(await core.client.predictions.list()).toEqual(before);
  });

  test('an attempt that ended while no core ran is not learned: nobody knows when that was', async () => {
    for (const seconds of [12, 12]) await run(seconds);
    const [id = 0] = await core.submit(train);
    await core.command.started(3);
    await core.close();
    clock += 7_200_000;
    const command = createFakeBackend('command');
    command.found.set(`${id}.1`, () => ({ kind: 'ended', outcome: success }));
    await open({ command });
    expect((await core.ended(id)).state).toMatchObject({ kind: 'succeeded', endedUnseen: true });
    expect(await whenPredicted()).toMatchObject({ p50Seconds: 12, samples: 2 });
    await core.close();
    clock += 1;
    await open();
    expect(await whenPredicted()).toMatchObject({ p50Seconds: 12, samples: 2 });
  });
});
