import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { benchmarkModel, products, sums, type Benchmark } from './benchmarks.ts';

const run = async (benchmark: Benchmark, size: number, isMadeThere: boolean) => {
  const session = await InferenceSession.create(benchmarkModel(benchmark, size, isMadeThere), { graphOptimizationLevel: 'disabled' });
  const shape = benchmark.shape(size).map((length) => (isMadeThere ? 1 : length));
  const count = shape.reduce((product, length) => product * length, 1);
  const { y } = await session.run({ seed: new Tensor('float32', new Float32Array(count).fill(benchmark.fill(size)), shape) });
  await session.release();
  return [...(y?.data ?? [])];
};

describe.each([
  ['products', products, 64],
  ['sums', sums, 4096],
])('the model of %s', (_, benchmark, size) => {
  test.each([true, false])('computes what it should, with its array made there: %j', async (isMadeThere) => {
    expect(await run(benchmark, size, isMadeThere)).toEqual([benchmark.result(size)]);
  });
});

test('the work of a run is what its steps do: 2 n³ operations each, and every array that is read or written', () => {
  expect(products.work(1000, false)).toBe(8e9);
  const bytes = 4 * 1000;
  expect(sums.work(1000, false)).toBe((2 + 3 + 3) * bytes);
  expect(sums.work(1000, true)).toBe((2 + 3 + 3 + 1) * bytes);
});

test('the arrays of the sums are larger than caches from the smallest on', () => {
  expect(sums.smallest * Float32Array.BYTES_PER_ELEMENT).toBe(64 * 1024 ** 2);
});
