import { expect, test } from 'vitest';
import { products, sums } from './benchmarks.ts';
import { checkFirstRun } from './check-first-run.ts';

const ran = (cuda: number, cpu: number) => [
  { provider: 'CUDAExecutionProvider', count: cuda },
  { provider: 'CPUExecutionProvider', count: cpu },
];
const onGpu = { size: 256, provider: 'cuda', result: 1 / 256 } as const;

test('a provider that computed all of it, or all but what surrounds it, is measured', () => {
  for (const nodes of [ran(6, 0), ran(4, 2), ran(1, 2), undefined]) {
    expect(() => checkFirstRun(products, { ...onGpu, nodes })).not.toThrow();
  }
  expect(() => checkFirstRun(products, { ...onGpu, provider: 'cpu', nodes: ran(0, 6) })).not.toThrow();
});

test('one that left the steps to the processor is not, though it did something itself', () => {
  for (const nodes of [ran(0, 6), ran(2, 4), []]) {
    expect(() => checkFirstRun(products, { ...onGpu, nodes })).toThrow('left the work to the processor');
  }
  expect(() => checkFirstRun(sums, { ...onGpu, result: 4, nodes: ran(2, 3) })).toThrow('left the work to the processor');
});

test('one that computes something else is not', () => {
  expect(() => checkFirstRun(products, { ...onGpu, result: 0.5, nodes: ran(6, 0) })).toThrow('It computed 0.5 instead of 0.00390625.');
});
