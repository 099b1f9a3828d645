import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { modelsFolder, npyBytes } from '../test-backend.ts';
import { bytesSource } from '../tensors/byte-source.ts';
import { windowOn } from './protobuf-fields.ts';
import { readModelGraph } from './read-graph.ts';
import { NotKnown } from './value.ts';
import { weighModel } from './weigh-model.ts';

const modelAt = (path: string) => ({ name: 'model', path, identity: '' });
const floats = (name: string, ...shape: number[]) => {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  return { name, file: { name: `${name}.npy`, bytes: npyBytes({ type: 'float32', shape, data }) } };
};
const rate = (value: bigint) => ({
  name: 'sr',
  file: { name: 'sr.npy', bytes: npyBytes({ type: 'int64', shape: [], data: BigInt64Array.of(value) }) },
});
const weigh = (file: string, ...inputs: Parameters<typeof weighModel>[1]) => weighModel(modelAt(join(modelsFolder, file)), inputs);

/* The sums over the sizes that the runtime's own profile gives for each convolution, product and LSTM of a run without optimisations. */
describe('the models that come with Switchyard', () => {
  test.each([
    ['wine_mlp.onnx', 1952, [floats('x', 1, 13)]],
    ['wine_mlp.onnx', 1000 * 1952, [floats('x', 1000, 13)]],
    ['breast_cancer_mlp.onnx', 2976, [floats('x', 1, 30)]],
    ['spam_hash_lr.onnx', 8192, [floats('x', 1, 4096)]],
    ['digits_cnn.onnx', 969_984, [floats('image', 1, 1, 8, 8)]],
    ['gathered/ocr/ch_PP-OCRv4_det_infer.onnx', 4_603_871_488, [floats('x', 1, 3, 640, 640)]],
    ['gathered/ocr/ch_PP-OCRv4_rec_infer.onnx', 1_404_938_880, [floats('x', 1, 3, 48, 320)]],
    ['gathered/ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx', 32_630_752, [floats('x', 1, 3, 48, 192)]],
    ['gathered/vad/silero_vad_v6.onnx', 1_359_104, [floats('input', 1, 576), floats('state', 2, 1, 128), rate(16_000n)]],
  ])('%s computes %i', (file, flop, inputs) => {
    const operations = weigh(file, ...inputs);
    expect(operations?.flop).toBe(flop);
    // Each weight is read at least once.
    expect(operations?.bytes).toBeGreaterThan(readFileSync(join(modelsFolder, file)).byteLength);
  });
});

test('inputs may be written by hand', () => {
  const file = { name: 'x.json', bytes: Buffer.from(JSON.stringify([Array.from({ length: 13 }, () => 1)])) };
  expect(weigh('wine_mlp.onnx', { name: 'x', file })?.flop).toBe(1952);
});

const folder = mkdtempSync(join(tmpdir(), 'weigh-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('nothing is told of inputs that are missing, of another size, or no tensors, nor of a model that is none', () => {
  expect(weigh('wine_mlp.onnx')).toBeUndefined();
  expect(weigh('wine_mlp.onnx', floats('x', 1, 14))).toBeUndefined();
  expect(weigh('wine_mlp.onnx', { name: 'x', file: { name: 'x.npy', bytes: Buffer.from('none') } })).toBeUndefined();
  const path = join(folder, 'none.onnx');
  writeFileSync(path, 'no model at all');
  expect(weighModel(modelAt(path), [floats('x', 1, 13)])).toBeUndefined();
});

test('a number that goes on for ever is given up where no number goes on', () => {
  const message = (field: number, content: readonly number[]): number[] => [8 * field + 2, content.length, ...content];
  const endless = Array.from({ length: 12 }, () => 0x80);
  const ofSizes = message(7, message(5, message(1, endless)));
  expect(() => readModelGraph(windowOn(bytesSource('endless', Uint8Array.from(ofSizes))))).toThrow(RangeError);
});

test('a damaged model is read to its end or given up, and nothing else', () => {
  const whole = readFileSync(join(modelsFolder, 'wine_mlp.onnx'));
  const change = fc.record({ at: fc.nat(whole.byteLength - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.nat(whole.byteLength), (changes, length) => {
      const bytes = Uint8Array.from(whole.subarray(0, length));
      for (const { at, to } of changes) if (at < length) bytes[at] = to;
      try {
        readModelGraph(windowOn(bytesSource('damaged', bytes)));
      } catch (error) {
        if (!(error instanceof RangeError || error instanceof NotKnown)) throw error;
      }
    }),
  );
});
