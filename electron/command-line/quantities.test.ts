import { describe, expect, test } from 'vitest';
import {
  parseArray,
  parseCoreList,
  parseCores,
  parseDevice,
  parseEnvironment,
  parseId,
  parseIds,
  parseRatio,
  parseSize,
  parseSizeOrNone,
  parseTime,
  parseWhole,
} from './quantities.ts';
import { CommandFailure } from './failure.ts';

const problemOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { exitCode: error.exitCode, ...(error.problem.kind === 'text' ? { key: error.problem.key } : {}) };
  }
};

describe('parseSize', () => {
  test.each([
    ['1', 1],
    ['512M', 512_000_000],
    ['512mb', 512_000_000],
    ['2GB', 2_000_000_000],
    ['1.5GiB', 1_610_612_736],
    ['512Mi', 536_870_912],
    ['3 k', 3000],
    ['1T', 1_000_000_000_000],
    ['7B', 7],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text, '--memory')).toBe(bytes);
  });

  test.each(['', '0', 'GB', '-1G', '1e9', '2 giga', '1.G', '0.1', '9999999T', 'Infinity'])('%s is no size', (text) => {
    expect(problemOf(() => parseSize(text, '--memory'))).toEqual({ exitCode: 2, key: 'size-wrong' });
  });
});

describe('parseTime', () => {
  test.each([
    ['90', 90],
    ['90s', 90],
    ['15m', 900],
    ['15min', 900],
    ['2h', 7200],
    ['1d', 86_400],
    ['1h30m', 5400],
    ['1h 30m 5s', 5405],
    ['0.5h', 1800],
    ['1:30:00', 5400],
    ['15:00', 900],
    ['100:00:00', 360_000],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseTime(text, '--time')).toBe(seconds);
  });

  test.each(['', '0', '0s', '1:75', '1:2:3:4', 'soon', '-5', '5 weeks', 'h'])('%s is no time', (text) => {
    expect(problemOf(() => parseTime(text, '--time'))).toEqual({ exitCode: 2, key: 'time-wrong' });
  });
});

describe('numbers', () => {
  test('a whole number keeps to its bounds', () => {
    expect([parseWhole('-5', '--priority', -10, 10), parseWhole('+10', '--priority', -10, 10)]).toEqual([-5, 10]);
    for (const text of ['11', '1.5', '', 'x', '0x5', '1e1'])
      expect(problemOf(() => parseWhole(text, '--priority', -10, 10))).toEqual({ exitCode: 2, key: 'whole-wrong' });
  });

  test('cores may be shares', () => {
    expect([parseCores('2', '--cpus'), parseCores('0.5', '--cpus'), parseCores('.25', '--cpus')]).toEqual([2, 0.5, 0.25]);
    for (const text of ['0', '-1', 'all', '5000'])
      expect(problemOf(() => parseCores(text, '--cpus'))).toEqual({ exitCode: 2, key: 'cores-wrong' });
  });

  test('a job number is a positive integer and nothing else', () => {
    expect(parseId('17')).toBe(17);
    for (const text of ['0', '-1', '1.5', 'j17', '17x', '99999999999999999999'])
      expect(problemOf(() => parseId(text))).toEqual({ exitCode: 2, key: 'id-wrong' });
  });

  test('the same job twice counts once, and none is wrong usage', () => {
    expect(parseIds(['3', '1', '3'], 'cancel')).toEqual([3, 1]);
    expect(problemOf(() => parseIds([], 'cancel'))).toEqual({ exitCode: 2, key: 'id-missing' });
  });
});

describe('parseEnvironment', () => {
  test('a pair is taken as it is, a name alone takes the value of the caller', () => {
    expect(parseEnvironment(['A=1', 'B=x=y', 'EMPTY=', 'HOME'], { HOME: '/home/mia' })).toEqual({
      A: '1',
      B: 'x=y',
      EMPTY: '',
      HOME: '/home/mia',
    });
  });

  test('a name that is not set here, or that is no name, is refused', () => {
    expect(problemOf(() => parseEnvironment(['MISSING'], {}))).toEqual({ exitCode: 2, key: 'env-unset' });
    for (const pair of ['=x', '1A=x', 'a b=x'])
      expect(problemOf(() => parseEnvironment([pair], {}))).toEqual({ exitCode: 2, key: 'env-wrong' });
  });
});

describe('parseCoreList', () => {
  test.each([
    ['0', [0]],
    ['0-3,6', [0, 1, 2, 3, 6]],
    [' 6, 0 - 1,1', [0, 1, 6]],
  ])('%s is %j', (text, cores) => {
    expect(parseCoreList(text, '--cores')).toEqual(cores);
  });

  test.each(['', ',', '0,', '3-1', '0-', '-1', 'a', '1.5', '0-99999'])('%s is refused', (text) => {
    expect(problemOf(() => parseCoreList(text, '--cores'))).toEqual({ exitCode: 2, key: 'core-list-wrong' });
  });
});

test('what is kept in reserve may be nothing', () => {
  expect(['0', '0 GB', '2GB'].map((text) => parseSizeOrNone(text, 'reserve'))).toEqual([0, 0, 2e9]);
  expect(problemOf(() => parseSizeOrNone('-1', 'reserve'))).toEqual({ exitCode: 2, key: 'size-wrong' });
});

test('memory is granted once to ten times over', () => {
  expect(['1', '1.5', '10'].map(parseRatio)).toEqual([1, 1.5, 10]);
  for (const text of ['0.9', '11', '', 'x', '1e1', 'NaN'])
    expect(problemOf(() => parseRatio(text))).toEqual({ exitCode: 2, key: 'ratio-wrong' });
});

describe('a kind of device', () => {
  test.each([
    ['gpu', { kind: 'gpu', count: 1 }],
    ['GPU:2', { kind: 'gpu', count: 2 }],
    [' npu:64 ', { kind: 'npu', count: 64 }],
    ['fpga:1', { kind: 'fpga', count: 1 }],
  ])('%s', (text, device) => {
    expect(parseDevice(text)).toEqual(device);
  });

  test.each(['', 'cpu', 'tpu:1', 'gpu:0', 'gpu:65', 'gpu:1.5', 'gpu:', 'gpu:-1', 'gpu 1', 'gpu0'])(
    '%j is refused with an example',
    (text) => {
      expect(() => parseDevice(text)).toThrow(CommandFailure);
    },
  );
});

describe('parseArray', () => {
  test.each<[string, object]>([
    ['0-99', { from: 0, to: 99 }],
    ['7', { from: 7, to: 7 }],
    ['0-99:10%4', { from: 0, to: 99, step: 10, atMost: 4 }],
    ['1-3%1', { from: 1, to: 3, atMost: 1 }],
  ])('%s', (text, array) => expect(parseArray(text)).toEqual(array));

  test.each(['', '5-2', '0-9%0', '0-9:0', 'a-b', '1-2-3', '-1', '0-9%'])('%s is wrong usage', (text) =>
    expect(problemOf(() => parseArray(text))).toEqual({ exitCode: 2, key: 'array-wrong' }),
  );
  test('holds ten thousand jobs at most', () => {
    expect(parseArray('0-99999:10')).toEqual({ from: 0, to: 99_999, step: 10 });
    expect(problemOf(() => parseArray('0-10000'))).toEqual({ exitCode: 2, key: 'array-too-large' });
  });
});
