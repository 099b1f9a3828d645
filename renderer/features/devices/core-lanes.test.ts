import { expect, test } from 'vitest';
import { createWords } from '../../words.tsx';
import { coreLanesOf } from './core-lanes.ts';
import { deviceOf } from './test-devices.ts';

const words = createWords('en');
const processorOf = (cores: number) =>
  deviceOf('cpu', { sample: { at: 2000, cpuPercent: 10, corePercents: Array<number>(cores).fill(10) } });

test('each core has a graph of its own, with a break where it was not measured', () => {
  const readings = [{ at: 1000, corePercents: [10, 20] }, { at: 2000 }, { at: 3000, corePercents: [30, 40] }];
  expect(coreLanesOf(processorOf(2), readings, words).map(({ title, chart }) => [title, chart.series.lines])).toEqual([
    ['Core 0', [[10, null, 30]]],
    ['Core 1', [[20, null, 40]]],
  ]);
});

test('one core is the whole processor, very many are shown as cells only, and other devices have none', () => {
  const counts = [1, 64, 65].map((cores) => coreLanesOf(processorOf(cores), [], words).length);
  expect([...counts, coreLanesOf(deviceOf('gpu0'), [], words).length]).toEqual([0, 64, 0, 0]);
});
