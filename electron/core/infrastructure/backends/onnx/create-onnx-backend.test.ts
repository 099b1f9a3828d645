import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileRef, JobSpec } from '../../../../../shared/model/job.ts';
import type { Outcome, TaskRun } from '../../../ports.ts';
import { statOf, treeOf } from '../../../lib/process-tree.ts';
import { findConfinement } from '../confinement.ts';
import { outsideModel, sequenceModel } from './test-models.ts';
import { createTestBackend, modelsFolder, npyBytes, onnxSpec, wineModel, type TestBackend } from './test-backend.ts';
import { bytesSource } from './tensors/byte-source.ts';
import { openNpy } from './tensors/npy.ts';

const row = (rows = 1): Uint8Array => npyBytes({ type: 'float32', shape: [rows, 13], data: new Float32Array(rows * 13).fill(0.5) });

const write = (backend: TestBackend, name: string, content: string | Uint8Array): string => {
  const path = join(backend.folder, name);
  writeFileSync(path, content);
  return path;
};

const succeeded = (outcome: Outcome): Extract<Outcome, { kind: 'succeeded' }> => {
  if (outcome.kind !== 'succeeded') throw new Error(`it ended as ${JSON.stringify(outcome)}`);
  return outcome;
};

const reasonOf = (outcome: Outcome) => (outcome.kind === 'failed' || outcome.kind === 'out-of-memory' ? outcome.reason : outcome);

const sumsTo1 = (bytes: Uint8Array): void => {
  const sum = (openNpy(bytesSource('probs.npy', bytes)).load() as Float32Array).reduce((total, value) => total + value, 0);
  expect(sum).toBeCloseTo(1, 5);
};

const isConfinable = (await findConfinement()) !== undefined;
const unconfined = { findConfinement: async () => undefined };

describe.each([
  { name: 'unconfined', options: unconfined, confined: false },
  ...(isConfinable ? [{ name: 'confined', options: {}, confined: true }] : []),
])('workers that are $name', ({ options, confined }) => {
  test('run a model on a tensor file and give its outputs as .npy', async () => {
    const backend = createTestBackend(options);
    const outcome = succeeded(await backend.run(onnxSpec(wineModel, { x: write(backend, 'a row 🍷.npy', row()) })));
    expect(outcome.result).toEqual({ kind: 'tensors', outputs: [{ name: 'probs', file: 'probs.npy', dtype: 'float32', shape: [1, 3] }] });
    expect(outcome.ranOn).toEqual({
      device: 'cpu',
      deviceName: 'CPU',
      provider: 'CPUExecutionProvider',
      nodes: [{ provider: 'CPUExecutionProvider', count: 6 }],
      cores: 1,
      confined,
      peakMemoryBytes: expect.any(Number) as number,
      cpuSeconds: expect.any(Number) as number,
      warm: false,
      startUpSeconds: expect.any(Number) as number,
    });
    const [artifact] = outcome.artifacts;
    if (!artifact || !('bytes' in artifact)) throw new Error('a small output travels as bytes');
    sumsTo1(artifact.bytes);
  });

  test('take large inputs and leave large outputs in the folder of the attempt, nothing in their own', async () => {
    const backend = createTestBackend(options);
    const outcome = succeeded(await backend.run(onnxSpec(wineModel, { x: write(backend, 'many.npy', row(20_000)) })));
    const [artifact] = outcome.artifacts;
    if (!artifact || !('path' in artifact)) throw new Error('a large output is a file');
    expect(artifact).toEqual({ name: 'probs.npy', mediaType: 'application/x-npy', path: join(backend.folder, '1.1', 'artifact-0') });
    const opened = openNpy(bytesSource('probs.npy', readFileSync(artifact.path)));
    expect(opened.shape).toEqual([20_000, 3]);
    const slots = join(backend.folder, 'run/slots');
    const left = existsSync(slots) ? readdirSync(slots, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
    expect(left).toEqual([]);
  });

  test('are warm for the second job with a model, and can be held for it', async () => {
    const backend = createTestBackend(options);
    const spec = onnxSpec(wineModel, { x: write(backend, 'row.npy', row()) });
    const work = { spec, resolve: () => ({ path: 'path' in wineModel ? wineModel.path : '', name: 'wine' }) };
    const held = (placement: Partial<TaskRun['placement']> = {}) =>
      backend.holdWarm?.({
        ...work,
        task: 'next',
        attempt: 1,
        placement: { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1, ...placement },
      });
    expect([backend.keepsWarm?.(work), held()]).toEqual([false, false]);
    expect(succeeded(await backend.run(spec)).ranOn.warm).toBe(false);
    expect(backend.keepsWarm?.(work)).toBe(true);
    expect(held({ coreIds: [0] })).toBe(false);
    expect(held({ accelerators: [{ device: 'gpu0', deviceName: 'GPU' }] })).toBe(false);
    const small = succeeded(await backend.run(spec));
    expect(small.ranOn).toMatchObject({ warm: true });
    expect(small.ranOn.startUpSeconds).toBeUndefined();
    expect(held()).toBe(true);
    expect(backend.workers).toHaveLength(1);
    // The attempt that it is held for cannot use it after all.
    await backend.run(onnxSpec({ path: join(backend.folder, 'gone.onnx') }, {}), { task: 'next' });
    expect(held()).toBe(true);
  });

  test.runIf(confined && existsSync('/proc/self/autogroup'))('give way to the core also where the kernel weighs sessions', async () => {
    const backend = createTestBackend(options);
    succeeded(await backend.run(onnxSpec(wineModel, { x: write(backend, 'row.npy', row()) })));
    const own = readFileSync('/proc/self/autogroup', 'utf8');
    const groups = () => backend.workers.flatMap(({ pid }) => treeOf(pid)).map((pid) => readFileSync(`/proc/${pid}/autogroup`, 'utf8'));
    await expect.poll(groups).toContainEqual(expect.stringMatching(/ nice 5\n$/));
    expect(readFileSync('/proc/self/autogroup', 'utf8')).toBe(own);
  });

  test('notice other weights outside of the model, be they changed or added', async () => {
    const backend = createTestBackend(options);
    const model = { path: write(backend, 'outside.onnx', outsideModel('outside.onnx.data')) };
    const spec = onnxSpec(model, { x: write(backend, 'x.json', '[1]') });
    const resultOf = async (weight: number): Promise<number | undefined> => {
      write(backend, 'outside.onnx.data', new Uint8Array(Float32Array.of(weight).buffer));
      const [artifact] = succeeded(await backend.run(spec)).artifacts;
      return artifact && 'bytes' in artifact ? (openNpy(bytesSource('y.npy', artifact.bytes)).load() as Float32Array)[0] : undefined;
    };
    expect(reasonOf(await backend.run(spec))).toMatchObject({ code: 'model-in-parts' });
    expect(await resultOf(2)).toBe(3);
    expect(await resultOf(5)).toBe(6);
    expect(succeeded(await backend.run(spec)).ranOn.warm).toBe(true);
  });

  test('say whether they are warm as soon as that is certain, before they begin', async () => {
    const backend = createTestBackend({ ...options, maximumWorkers: 1 });
    const spec = onnxSpec(wineModel, { x: write(backend, 'row.npy', row()) });
    const told: string[] = [];
    const run = (name: string, whenFound = (): void => undefined): Promise<Outcome> =>
      backend.run(
        spec,
        {},
        {
          foundWorker: (isWarm) => {
            told.push(`${name} ${isWarm ? 'warm' : 'cold'} of ${backend.workers.length}`);
            whenFound();
          },
          running: () => void told.push(`${name} runs`),
        },
      );
    let second: Promise<Outcome> | undefined;
    // While the worker of the first is being opened, for which the second has to wait.
    await run('first', () => {
      second = run('second');
    });
    expect((await second)?.kind).toBe('succeeded');
    expect(told).toEqual(['first cold of 0', 'first runs', 'second warm of 1', 'second runs']);
  });

  test('run an application on files', async () => {
    const backend = createTestBackend(options);
    const csv = write(backend, 'wines.json', '[[13.2,1.78,2.14,11.2,100,2.65,2.76,0.26,1.28,4.38,1.05,3.4,1050]]');
    const told: unknown[] = [];
    const spec = applicationSpec('wine', [{ path: csv }]);
    const outcome = succeeded(await backend.run(spec, {}, { progress: (progress) => told.push(progress) }));
    expect(outcome.result).toMatchObject({ kind: 'labels', items: [{ file: 'wines.json', best: 'cultivar 1' }] });
    expect(told).toContainEqual({ done: 1, total: 1 });
  });

  test('crash at the cost of one attempt, and the next one works', async () => {
    const backend = createTestBackend(options);
    const x = write(backend, 'row.npy', row());
    succeeded(await backend.run(onnxSpec(wineModel, { x })));
    const crash = backend.run(onnxSpec(wineModel, { x }), {}, { running: ([pid]) => endTree(pid ?? 0, 'SIGSEGV') });
    expect(reasonOf(await crash)).toEqual({ code: 'worker-crashed', values: { signal: 'SIGSEGV' } });
    succeeded(await backend.run(onnxSpec(wineModel, { x })));
    expect(backend.workers).toHaveLength(2);
  });

  test('that are killed because memory ran out end the job, which would only let it run out again', async () => {
    let kills = 3;
    const backend = createTestBackend({ ...options, countMemoryKills: () => Promise.resolve(kills) });
    const x = write(backend, 'row.npy', row());
    const killed = backend.run(onnxSpec(wineModel, { x }), {}, { running: ([pid]) => endTree(pid ?? 0, 'SIGKILL') });
    expect(reasonOf(await killed)).toEqual({ code: 'worker-crashed', values: { signal: 'SIGKILL' } });
    const starved = backend.run(
      onnxSpec(wineModel, { x }),
      {},
      {
        running: ([pid]) => {
          kills += 1;
          endTree(pid ?? 0, 'SIGKILL');
        },
      },
    );
    expect(await starved).toMatchObject({ kind: 'out-of-memory', reason: { code: 'no-memory-left' } });
  });

  test('are ended for a cancelled job, also while the model runs', async () => {
    const backend = createTestBackend(options);
    const x = write(backend, 'many.npy', row(200_000));
    const cancel = new AbortController();
    const outcome = await backend.run(onnxSpec(wineModel, { x }), {}, { running: () => cancel.abort('cancel') }, cancel.signal);
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(statOf(backend.workers[0]?.pid ?? 0)).toBeUndefined();
  });

  test(
    'refuse to grow past a memory limit, and the limit does not stay for the next job',
    { skip: process.platform !== 'linux' },
    async () => {
      const backend = createTestBackend(options);
      const x = write(backend, 'huge.npy', row(2_000_000));
      const limitBytes = 60_000_000;
      const outcome = await backend.run(onnxSpec(wineModel, { x }), { memoryLimitBytes: limitBytes });
      expect(outcome).toMatchObject({ kind: 'out-of-memory', reason: { code: 'memory-limit', values: { limitBytes } } });
      succeeded(await backend.run(onnxSpec(wineModel, { x: write(backend, 'row.npy', row()) }), { memoryLimitBytes: limitBytes }));
      succeeded(await backend.run(onnxSpec(wineModel, { x: write(backend, 'large.npy', row(500_000)) })));
    },
  );
});

/** The last process of the tree is the worker; what stands before it is the confinement. */
const endTree = (root: number, signal: NodeJS.Signals): void => {
  const children = (pid: number): number[] => {
    const text = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).trim();
    return text.split(/\s+/).map(Number);
  };
  let worker = root;
  for (;;) {
    let next: number | undefined;
    try {
      [next] = children(worker);
    } catch {
      break;
    }
    if (!next) break;
    worker = next;
  }
  process.kill(worker, signal);
};

const applicationSpec = (application: string, files: FileRef[]): JobSpec => ({
  runtime: 'application',
  group: 'default',
  priority: 0,
  resources: { cores: 1 },
  after: [],
  retries: 0,
  application,
  files,
});

describe('what is wrong with a job is told by a reason', () => {
  const backendWithRow = () => {
    const backend = createTestBackend(unconfined);
    return { backend, x: write(backend, 'row.npy', row()) };
  };
  const brokenModel = (backend: TestBackend, change: (path: string) => void): FileRef => {
    const path = join(backend.folder, 'model.onnx');
    copyFileSync(join(modelsFolder, 'wine_mlp.onnx'), path);
    change(path);
    return { path };
  };

  test('a truncated model', async () => {
    const { backend, x } = backendWithRow();
    const model = brokenModel(backend, (path) => truncateSync(path, 3000));
    const reason = { code: 'model-damaged', values: { model: 'model.onnx', detail: 'Protobuf parsing failed.' } };
    expect(reasonOf(await backend.run(onnxSpec(model, { x })))).toEqual(reason);
  });

  test('text that was renamed to .onnx', async () => {
    const { backend, x } = backendWithRow();
    const model = brokenModel(backend, (path) => writeFileSync(path, 'This is not a model but a letter to a friend.\n'));
    expect(reasonOf(await backend.run(onnxSpec(model, { x })))).toMatchObject({ code: 'model-damaged' });
  });

  test('an empty model, a missing one, a folder', async () => {
    const { backend, x } = backendWithRow();
    const model = brokenModel(backend, (path) => truncateSync(path, 0)) as { path: string };
    expect(reasonOf(await backend.run(onnxSpec(model, { x })))).toEqual({ code: 'file-empty', values: { path: model.path } });
    const missing = join(backend.folder, 'no such.onnx');
    expect(reasonOf(await backend.run(onnxSpec({ path: missing }, { x })))).toEqual({ code: 'file-missing', values: { path: missing } });
    const reason = { code: 'file-is-folder', values: { path: backend.folder } };
    expect(reasonOf(await backend.run(onnxSpec({ path: backend.folder }, { x })))).toEqual(reason);
  });

  test('a sparse file of 4 GB as a model and as an input, at once', async () => {
    const { backend, x } = backendWithRow();
    const path = write(backend, 'huge.onnx', '');
    truncateSync(path, 4 * 2 ** 30);
    expect(reasonOf(await backend.run(onnxSpec({ path }, { x })))).toMatchObject({ code: 'file-too-large' });
    for (const name of ['huge.npy', 'huge.json', 'huge.pb']) {
      const input = write(backend, name, '');
      truncateSync(input, 4 * 2 ** 30);
      const { code } = reasonOf(await backend.run(onnxSpec(wineModel, { x: input }))) as { code: string };
      expect(code).toBe(name === 'huge.npy' ? 'file-damaged' : 'file-too-large');
    }
  });

  test('a missing input and an unknown one', async () => {
    const { backend, x } = backendWithRow();
    const missing = { code: 'input-missing', values: { input: 'x', type: 'float32', shape: '[N, 13]' } };
    expect(reasonOf(await backend.run(onnxSpec(wineModel, {})))).toEqual(missing);
    const unknown = { code: 'input-unknown', values: { input: 'y', known: 'x' } };
    expect(reasonOf(await backend.run(onnxSpec(wineModel, { x, y: x })))).toEqual(unknown);
  });

  test('an input of the wrong type or rank, an empty one, one of no known kind', async () => {
    const { backend } = backendWithRow();
    const run = async (name: string, content: string | Uint8Array) =>
      reasonOf(await backend.run(onnxSpec(wineModel, { x: write(backend, name, content) })));
    const doubles = npyBytes({ type: 'float64', shape: [1, 13], data: new Float64Array(13) });
    expect(await run('double.npy', doubles)).toEqual({ code: 'input-type', values: { input: 'x', wanted: 'float32', given: 'float64' } });
    const flat = npyBytes({ type: 'float32', shape: [13], data: new Float32Array(13) });
    expect(await run('flat.npy', flat)).toEqual({ code: 'input-shape', values: { input: 'x', wanted: '[N, 13]', given: '[13]' } });
    expect(await run('empty.npy', '')).toEqual({ code: 'file-empty', values: { path: join(backend.folder, 'empty.npy') } });
    expect(await run('row.txt', '1 2 3')).toMatchObject({ code: 'file-kind-unknown', values: { file: 'row.txt' } });
  });

  test('an application that nobody knows', async () => {
    const { backend, x } = backendWithRow();
    expect(reasonOf(await backend.run(applicationSpec('weather', [{ path: x }])))).toMatchObject({
      code: 'application-unknown',
      values: { application: 'weather' },
    });
  });
});

test('a model is inspected without a job', async () => {
  const backend = createTestBackend();
  const path = join(modelsFolder, 'wine_mlp.onnx');
  expect(await backend.inspectModel({ path, name: 'wine' })).toEqual({
    kind: 'inspected',
    model: {
      sha256: '9a1a8032f656f5558715fb1d253714bea5651217dee1bc432a5494ddca203c80',
      bytes: 4575,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 13] }],
      outputs: [{ name: 'probs', dtype: 'float32', shape: ['N', 3] }],
    },
  });
  const sequence = write(backend, 'sequence.onnx', sequenceModel());
  expect(await backend.inspectModel({ path: sequence, name: 'sequence.onnx' })).toMatchObject({
    kind: 'refused',
    reason: { code: 'model-unsupported', values: { detail: 'Its input x is a sequence or a map, which no tensor file holds.' } },
  });
  const refused = await backend.inspectModel({ path: join(backend.folder, 'none.onnx'), name: 'none.onnx' });
  expect(refused).toEqual({ kind: 'refused', reason: { code: 'file-missing', values: { path: 'none.onnx' } } });
});

test('a model is weighed with the inputs of a job, without being run; what cannot be read or comes too late is not', async () => {
  const backend = createTestBackend();
  const never = new AbortController().signal;
  const resolve = (file: FileRef) => ('path' in file ? { path: file.path, name: basename(file.path) } : { path: '', name: '' });
  const wine = write(backend, 'wine.npy', row());
  const many = write(backend, 'many.npy', npyBytes({ type: 'float32', shape: [2000, 13], data: new Float32Array(26_000) }));
  const weigh = (path: string, signal = never) => backend.weighModel({ spec: onnxSpec(wineModel, { x: path }), resolve }, signal);
  expect(await weigh(wine)).toEqual({ flop: 1952, bytes: 5276 });
  // Larger than what travels in a message.
  expect((await weigh(many))?.flop).toBe(2000 * 1952);
  expect(await weigh(write(backend, 'wrong.npy', Buffer.from('none')))).toBeUndefined();
  expect(await weigh(join(backend.folder, 'gone.npy'))).toBeUndefined();
  expect(await weigh(wine, AbortSignal.abort())).toBeUndefined();
  // One worker did all of it, and none ran a job.
  expect(backend.workers).toHaveLength(1);
});

test('a changed model at the same path is opened anew', async () => {
  const backend = createTestBackend(unconfined);
  const path = join(backend.folder, 'model.onnx');
  copyFileSync(join(modelsFolder, 'wine_mlp.onnx'), path);
  const wine = write(backend, 'wine.npy', row());
  expect(succeeded(await backend.run(onnxSpec({ path }, { x: wine }))).result).toMatchObject({ outputs: [{ shape: [1, 3] }] });
  copyFileSync(join(modelsFolder, 'breast_cancer_mlp.onnx'), path);
  const tumour = write(backend, 'tumour.npy', npyBytes({ type: 'float32', shape: [1, 30], data: new Float32Array(30) }));
  expect(succeeded(await backend.run(onnxSpec({ path }, { x: tumour }))).result).toMatchObject({ outputs: [{ shape: [1, 1] }] });
});

test('a worker of an earlier core is ended before the first start', { skip: process.platform !== 'linux' }, async () => {
  const earlier = createTestBackend(unconfined);
  succeeded(await earlier.run(onnxSpec(wineModel, { x: write(earlier, 'row.npy', row()) })));
  const [worker] = earlier.workers;
  const records = join(earlier.folder, 'run/workers');
  const later = createTestBackend(unconfined);
  mkdirSync(join(later.folder, 'run/workers'), { recursive: true });
  for (const name of readdirSync(records)) copyFileSync(join(records, name), join(later.folder, 'run/workers', name));
  expect(await later.check(new AbortController().signal)).toEqual({ kind: 'ready' });
  expect(await worker?.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  expect(readdirSync(join(later.folder, 'run/workers'))).toEqual([]);
});
