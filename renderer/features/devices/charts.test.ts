import { expect, test } from 'vitest';
import { createWords } from '../../words.tsx';
import { chartsOf, sayReading } from './charts.ts';
import { deviceOf } from './test-devices.ts';

const words = createWords('en');
const gpu = deviceOf('gpu0', { memory: { totalBytes: 48e9, usedBytes: 1e9 }, powerLimitW: 300, reserveBytes: 1e9 });
const names = (charts: readonly { name: string }[]) => charts.map(({ name }) => name);

test('only what was measured has a graph', () => {
  expect(names(chartsOf([{ at: 1000, utilization: 5 }], gpu, words))).toEqual(['utilization']);
  expect(names(chartsOf([{ at: 1000, powerW: 5, temperatureC: 40 }], gpu, words))).toEqual(['power', 'temperature']);
  expect(chartsOf([], gpu, words)).toEqual([]);
});

test('the scale holds the limits of the device', () => {
  const [memory, power] = chartsOf([{ at: 1000, memoryUsedBytes: 1e9, powerW: 20 }], gpu, words);
  expect(memory).toMatchObject({ max: 48e9, limit: { value: 47e9 } });
  expect(power).toMatchObject({ max: 350, limit: { value: 300 } });
});

test('a reading of a stretch of time draws its highest beside its mean, and says both', () => {
  const reading = { at: 60_000, utilization: 62, most: { utilization: 88 } };
  const [chart] = chartsOf([reading], gpu, words, 60_000);
  expect(chart?.series.lines).toEqual([[88], [62]]);
  expect(chart && sayReading(chart, reading, words)).toEqual({ value: 62, text: '62 %, at most 88 %' });
});

test('a moment without a measurement is said to have none', () => {
  const [chart] = chartsOf([{ at: 1000, utilization: 5 }], gpu, words);
  expect(chart && sayReading(chart, { at: 2000 }, words)).toEqual({ value: undefined, text: 'no sample' });
});
