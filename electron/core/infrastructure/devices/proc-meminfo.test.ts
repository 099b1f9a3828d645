import { expect, test } from 'vitest';
import { parseMeminfo } from './proc-meminfo.ts';

test('total and available are read in bytes', () => {
  const text = `MemTotal:       24684084 kB
MemFree:        23853272 kB
MemAvailable:   24078316 kB
Buffers:            2232 kB
Cached:           344324 kB
HugePages_Total:       0
`;
  expect(parseMeminfo(text)).toEqual({ totalBytes: 24684084 * 1024, availableBytes: 24078316 * 1024 });
});

test('a kernel without MemAvailable gives what is free or cached', () => {
  const text =
    'MemTotal:        1000 kB\nMemFree:          100 kB\nBuffers:           20 kB\nCached:           300 kB\nSwapCached:        50 kB\n';
  expect(parseMeminfo(text)).toEqual({ totalBytes: 1000 * 1024, availableBytes: 420 * 1024 });
});

test('available is never more than there is', () => {
  expect(parseMeminfo('MemTotal: 10 kB\nMemAvailable: 12 kB\n')).toEqual({ totalBytes: 10240, availableBytes: 10240 });
});

test.each([
  ['an empty file', ''],
  ['no total', 'MemAvailable: 12 kB\n'],
  ['nothing but a total', 'MemTotal: 12 kB\n'],
])('%s has no figures', (_, text) => {
  expect(parseMeminfo(text)).toBeUndefined();
});
