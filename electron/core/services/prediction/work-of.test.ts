import { describe, expect, test } from 'vitest';
import { SubmittedJob, type JobRequest, type JobState } from '../../../../shared/model/job.ts';
import { deviceOf, workOf } from './work-of.ts';

const demand = { cores: 1, memoryBytes: 1, memoryFrom: 'default' } as const;
const known = (request: JobRequest, more: { inputBytes?: number; cores?: number } = {}) =>
  workOf({ spec: SubmittedJob.parse(request), demand: { ...demand, ...more } }, 'cpu');
const command = (...words: string[]): JobRequest => ({ runtime: 'command', command: words, folder: '/work' });

describe('a command', () => {
  test.each([
    [['/usr/bin/sort', 'a.txt'], 'sort'],
    [['python3', '-u', '/home/me/train.py', '--epochs', '3'], 'python3 train.py'],
    [['node', 'build.mjs'], 'node build.mjs'],
    [['bash', '-c', 'sleep 1'], 'bash sleep 1'],
    [['python3.12', '--version'], 'python3.12'],
    [['shuf', '-n', '1'], 'shuf'],
  ])('%j is a run of %s', (words, family) => {
    expect(known(command(...words))?.family).toBe(family);
  });
  test('is the same only in the same folder with the same words', () => {
    expect(known(command('sort', 'a b'))?.exact).not.toBe(known(command('sort', 'a', 'b'))?.exact);
    expect(known(command('sort', 'a'))?.exact).not.toBe(known({ ...command('sort', 'a'), folder: '/' } as JobRequest)?.exact);
    expect(known({ ...command('sort', 'a'), priority: 5, name: 'other' })?.exact).toBe(known(command('sort', 'a'))?.exact);
  });
});

test('an application has as many items as files, and their bytes', () => {
  const files = [{ path: '/a.png' }, { path: '/b.png' }];
  expect(known({ runtime: 'application', application: 'ocr', files }, { inputBytes: 900 })).toMatchObject({
    family: 'ocr',
    group: 'default application',
    size: 900,
    items: 2,
  });
});

test('a model with inputs of another size, or with more cores, is other work of the same kind', () => {
  const request: JobRequest = { runtime: 'onnx', model: { path: '/m.onnx' }, inputs: [] };
  const [small, large, wide] = [known(request, { inputBytes: 1 }), known(request, { inputBytes: 2 }), known(request, { cores: 2 })];
  expect(new Set([small?.exact, large?.exact, wide?.exact]).size).toBe(3);
  expect(new Set([small?.family, large?.family, wide?.family])).toEqual(new Set(['/m.onnx']));
});

test('the devices of an attempt are named alike while it runs and when it has ended', () => {
  const accelerators = ['gpu1', 'gpu0'].map((device) => ({ device, deviceName: device }));
  const running: JobState = {
    kind: 'running',
    attempt: 1,
    startedAt: 1,
    placement: { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1, accelerators },
  };
  const seen = [...accelerators, { device: 'gpu7', deviceName: 'gpu7' }].map((one) => ({ ...one, pids: [] }));
  const ended: JobState = {
    kind: 'succeeded',
    attempt: 1,
    startedAt: 1,
    endedAt: 2,
    ranOn: { device: 'cpu', deviceName: 'CPU', cores: 1, devices: seen },
  };
  const asked = { ...demand, device: { kind: 'gpu' as const, count: 2 } };
  expect(deviceOf(running, asked)).toBe('gpu0+gpu1');
  expect(deviceOf(ended, asked)).toBe('gpu0+gpu1');
  expect(deviceOf(ended, demand)).toBe('cpu');
  expect(deviceOf({ kind: 'pending', since: 1 }, demand)).toBeUndefined();
});
