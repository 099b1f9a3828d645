import { expect, test } from 'vitest';
import { parseProcStat } from './proc-stat.ts';

test('the total and each core are read, up to the first other line', () => {
  const text = `cpu  8571 0 5314 251890 2794 0 98 41 0 0
cpu0 3626 0 1943 128505 289 0 17 18 0 0
cpu1 4944 0 3370 123385 2505 0 81 22 0 0
intr 530940 0 0 25 1
ctxt 1251636
btime 1795366340
`;
  expect(parseProcStat(text)).toEqual({
    all: { busy: 8571 + 5314 + 98 + 41, total: 268708 },
    cores: new Map([
      [0, { busy: 5604, total: 134398 }],
      [1, { busy: 8417, total: 134307 }],
    ]),
  });
});

test('guest time, which is part of user time, is not counted twice', () => {
  expect(parseProcStat('cpu  100 0 0 100 0 0 0 0 90 0\n')?.all).toEqual({ busy: 100, total: 200 });
});

test('a kernel from before iowait and steal gives four columns', () => {
  expect(parseProcStat('cpu  10 2 8 80\ncpu0 10 2 8 80\n')).toEqual({
    all: { busy: 20, total: 100 },
    cores: new Map([[0, { busy: 20, total: 100 }]]),
  });
});

test('a core that is switched off leaves its number out', () => {
  const text = 'cpu  2 0 0 2 0 0 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0\ncpu3 1 0 0 1 0 0 0 0 0 0\nintr 0\n';
  expect([...(parseProcStat(text)?.cores.keys() ?? [])]).toEqual([0, 3]);
});

test.each([
  ['an empty file', ''],
  ['another file', 'MemTotal: 1 kB\n'],
  ['broken columns', 'cpu  a b c d\n'],
  ['too few columns', 'cpu  1 2\n'],
])('%s has no counters', (_, text) => {
  expect(parseProcStat(text)).toBeUndefined();
});
