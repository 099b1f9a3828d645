import { expect, test } from 'vitest';
import { arrayOption, dividedOptions, jobOptions, noOptions, resumeOption, wrongOptions } from './job-options.ts';

test('what was not typed is not sent', () => expect(jobOptions(noOptions)).toEqual({}));

test('what was typed becomes the options of the job', () => {
  const texts = {
    ...noOptions,
    name: ' sweep ',
    group: 'Vision',
    priority: '5',
    cores: '1.5',
    memory: '2 GB',
    timeLimit: '10 min',
    expected: '90 s',
    after: '3 4',
    afterAny: '5',
    afterNotOk: '6',
    retries: '2',
  };
  expect(jobOptions(texts)).toEqual({
    name: 'sweep',
    group: 'Vision',
    priority: 5,
    resources: { cores: 1.5, memoryBytes: 2e9 },
    timeLimitSeconds: 600,
    expectedSeconds: 90,
    after: [3, 4],
    afterAny: [5],
    afterNotOk: [6],
    retries: 2,
  });
});

test('times to come count from the moment at which the job is submitted', () => {
  const now = new Date(2026, 10, 28, 14, 30).getTime();
  const times = { deadlineAt: new Date(2026, 10, 28, 18).getTime(), notBeforeAt: now + 1_800_000 };
  expect(jobOptions({ ...noOptions, deadline: '18:00', begin: '30 min' }, now)).toEqual(times);
  expect(wrongOptions({ ...noOptions, deadline: 'tonight', begin: '25:00' }, 'command')).toEqual(['deadline', 'begin']);
});

test('fields that cannot be read are named', () =>
  expect(wrongOptions({ ...noOptions, cores: '0', memory: 'lots', priority: '2000' }, 'command')).toEqual(['priority', 'cores', 'memory']));

test('a device is asked for by kind, with a count and an amount only where they were typed', () => {
  const asked = (change: Partial<typeof noOptions>) => jobOptions({ ...noOptions, ...change }).resources;
  expect(asked({ deviceKind: 'gpu' })).toEqual({ device: { kind: 'gpu' } });
  expect(asked({ deviceKind: 'gpu', deviceCount: '2', deviceMemory: '6 GB', on: 'gpu0, gpu1', mayFallBack: 'yes' })).toEqual({
    device: { kind: 'gpu', count: 2, memoryBytes: 6e9 },
    on: ['gpu0', 'gpu1'],
    mayFallBack: true,
  });
  expect(asked({ deviceKind: 'gpu', notOn: 'gpu0', prefer: 'spread' })).toEqual({
    device: { kind: 'gpu' },
    notOn: ['gpu0'],
    prefer: 'spread',
  });
  expect(asked({ deviceKind: 'gpu', deviceMemory: ' Auto ' })).toEqual({ device: { kind: 'gpu', learnedMemory: true } });
  expect(wrongOptions({ ...noOptions, deviceMemory: 'auto' }, 'command')).toEqual([]);
});

test('what belongs to a kind of device is not sent without one; a share of the processor is', () =>
  expect(jobOptions({ ...noOptions, deviceMemory: '6 GB', mayFallBack: 'yes', on: 'left' })).toEqual({ resources: { on: ['left'] } }));

test('a divided job names its devices with the division alone; without a way to divide nothing is divided', () => {
  const texts = { ...noOptions, cores: '2', deviceKind: 'gpu', on: 'gpu0', over: 'left, gpu0' };
  expect(dividedOptions({ ...texts, split: 'adaptive' })).toEqual({
    resources: { cores: 2 },
    split: { scheme: 'adaptive', over: ['left', 'gpu0'] },
  });
  expect(dividedOptions({ ...noOptions, split: 'static' })).toEqual({ split: { scheme: 'static', over: 'all' } });
  expect(dividedOptions(texts)).toEqual(jobOptions(texts));
});

test('an array is made of commands and containers; only a command that may be ended early is taken up by another', () => {
  expect(arrayOption({ ...noOptions, array: ' 0-99:10%4 ' })).toEqual({ array: { from: 0, to: 99, step: 10, atMost: 4 } });
  expect(arrayOption({ ...noOptions, array: '0-3', gang: 'yes' })).toEqual({ array: { from: 0, to: 3, gang: true } });
  expect(arrayOption({ ...noOptions, gang: 'yes' })).toEqual({});
  expect(arrayOption(noOptions)).toEqual({});
  const typed = { ...noOptions, array: '9-0', resumeCommand: 'python3 train.py --resume' };
  expect(wrongOptions(typed, 'container')).toEqual(['array']);
  expect(wrongOptions(typed, 'files')).toEqual([]);
  expect(resumeOption(typed)).toEqual({});
  expect(resumeOption({ ...typed, preemptible: '30 s' })).toEqual({ resumeCommand: ['sh', '-c', 'python3 train.py --resume'] });
});
