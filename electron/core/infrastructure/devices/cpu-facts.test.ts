import { expect, test } from 'vitest';
import { describeSystemCpu, readCpuFacts } from './cpu-facts.ts';

test('a brand without its maker is given the maker', () => {
  expect(describeSystemCpu({ manufacturer: 'AMD', brand: 'EPYC 7763', physicalCores: 64 })).toEqual({
    model: 'AMD EPYC 7763',
    vendor: 'AMD',
    physicalCores: 64,
  });
  expect(describeSystemCpu({ manufacturer: 'Apple', brand: 'Apple M2', physicalCores: 8 })).toEqual({
    model: 'Apple M2',
    vendor: 'Apple',
    physicalCores: 8,
  });
});

test('empty answers are no facts', () => {
  expect(describeSystemCpu({ manufacturer: '', brand: '', physicalCores: 0 })).toEqual({});
});

test('a machine that another procfs describes is not mixed with this one', async () => {
  expect(await readCpuFacts('/nonexistent')).toEqual({});
});
