import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ChunkSource, Findings, Outcome } from '../../../ports.ts';
import { joinChunks } from './join-chunks.ts';
import { createTestBackend, npyBytes, onnxSpec, wineModel, type TestBackend } from './test-backend.ts';
import { identityModel } from './test-models.ts';

const values = (...shape: number[]): Uint8Array => {
  const data = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(index));
  return npyBytes({ type: 'float32', shape, data });
};

/** A part that does its job in chunks of so many rows. */
const runDivided = async (backend: TestBackend, model: string, input: Uint8Array, rowsAtOnce: number) => {
  const path = join(backend.folder, `${rowsAtOnce}.npy`);
  writeFileSync(path, input);
  const findings: Findings[] = [];
  let items: number | undefined;
  let next = 0;
  const chunks: ChunkSource = {
    get items() {
      return items;
    },
    counted: (count) => void (items = count),
    next: async () => {
      const first = next;
      next = Math.min(items ?? 0, next + rowsAtOnce);
      return next > first ? { id: first + 1, first, count: next - first } : undefined;
    },
    done: (_, found) => void findings.push(found),
  };
  const outcome = await backend.run(onnxSpec({ path: model }, { x: path }), { chunks });
  return { outcome, findings };
};

const wine = 'path' in wineModel ? wineModel.path : '';
const reasonOf = (outcome: Outcome): unknown => (outcome.kind === 'failed' ? outcome.reason : outcome.kind);

test('rows run in chunks make byte for byte the tensor of one run, small enough for a message and not', async () => {
  const backend = createTestBackend();
  for (const rows of [50, 30_000]) {
    const [whole, divided] = [
      await runDivided(backend, wine, values(rows, 13), rows),
      await runDivided(backend, wine, values(rows, 13), Math.ceil(rows / 7)),
    ];
    expect([whole.findings.length, divided.findings.length]).toEqual([1, 7]);
    const [one, many] = [
      await joinChunks(whole.findings, join(backend.folder, 'one')),
      await joinChunks(divided.findings, join(backend.folder, 'many')),
    ];
    if (!('result' in one) || !('result' in many)) throw new Error('they could not be joined');
    expect(many.result).toEqual(one.result);
    expect(await bytesOf(many)).toEqual(await bytesOf(one));
  }
});

test('a model without rows, and outputs that are not by row, are refused in words', async () => {
  const backend = createTestBackend();
  const fixed = join(backend.folder, 'fixed.onnx');
  writeFileSync(fixed, identityModel('float32', [2, 3]));
  expect(reasonOf((await runDivided(backend, fixed, values(2, 3), 1)).outcome)).toEqual({
    code: 'rows-missing',
    values: { model: 'fixed.onnx' },
  });
  const turned = join(backend.folder, 'turned.onnx');
  writeFileSync(turned, identityModel('float32', ['rows', 3], 'Transpose'));
  expect(reasonOf((await runDivided(backend, turned, values(4, 3), 2)).outcome)).toMatchObject({
    code: 'rows-lost',
    values: { shape: '[3, 2]', rows: 2 },
  });
});

const bytesOf = async ({ artifacts }: Findings): Promise<string[]> => {
  return Promise.all(
    artifacts.map(async (file) => Buffer.from('bytes' in file ? file.bytes : await readFile(file.path)).toString('base64')),
  );
};
