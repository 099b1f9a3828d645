import { describe, expect, test } from 'vitest';
import type { JobState } from '../model/job.ts';
import type { Prediction } from '../model/prediction.ts';
import { deviceMemoryText, memoryTexts, predictionText, qualityText } from './prediction.ts';

const startedAt = new Date(2026, 10, 22, 14, 20, 0).getTime();
const prediction: Prediction = { p50Seconds: 12, p90Seconds: 20, from: 'repeats', samples: 7 };
const placement = { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 };
const pending: JobState = { kind: 'pending', since: startedAt };
const running: JobState = { kind: 'running', attempt: 1, startedAt, placement, predicted: prediction };
const ended = (kind: 'succeeded' | 'cancelled'): JobState => ({
  kind,
  attempt: 1,
  startedAt,
  endedAt: startedAt + 13_000,
  predicted: prediction,
});
const after = (seconds: number, state: JobState = running, locale: 'en' | 'zh' = 'en') =>
  predictionText({ state, runtime: 'command' }, startedAt + seconds * 1000, locale);
const waiting = (more: Partial<Prediction>, runtime: 'command' | 'onnx' = 'command') =>
  predictionText({ state: pending, runtime, prediction: { ...prediction, ...more } }, startedAt, 'en');

test('a waiting job should take so long, and the sentence says on what that rests', () => {
  expect(waiting({})).toBe('Should take about 12 s (nine of ten within 20 s), from 7 runs of the same command.');
  expect(waiting({ from: 'family', samples: 1 })).toContain('from one run of the same program with other arguments.');
  expect(waiting({ from: 'family' }, 'onnx')).toContain('from 7 runs of the same kind.');
  expect(waiting({ from: 'size' }, 'onnx')).toContain('from 7 runs on other amounts of input.');
  expect(waiting({ from: 'said', samples: 0 })).toContain(', from what its user expects.');
  expect(waiting({ from: 'said', samples: 12 })).toContain(
    ', from what its user expects, corrected by how wrong that was in 12 earlier runs.',
  );
  expect(waiting({ from: 'group', samples: 30 })).toContain('from 30 runs of other work of the group.');
});

test('a model that has never run says what it computes and how fast the device is', () => {
  const roofline = { flop: 4.6e9, bytes: 1.49e9, gflops: 44.35, gbPerSecond: 6.05 };
  expect(waiting({ from: 'roofline', samples: 0, roofline }, 'onnx')).toBe(
    'Should take about 12 s (nine of ten within 20 s), from what the model computes (4.6 GFLOP) and moves (1.5 GB) at the device’s measured speed (44.4 GFLOP/s and 6.1 GB/s; a processor counts with one thread).',
  );
  expect(waiting({ from: 'roofline', samples: 5, roofline: { ...roofline, flop: 1952, bytes: 5276 } }, 'onnx')).toContain(
    'computes (2 kFLOP) and moves (5 kB) at the device’s measured speed (44.4 GFLOP/s and 6.1 GB/s; a processor counts with one thread), corrected by 5 such predictions.',
  );
});

test('a waiting job says whether its worker is warm, and what a cold one adds', () => {
  expect(waiting({ warm: true }, 'onnx')).toBe(
    'Should take about 12 s (nine of ten within 20 s) in a worker that is warm, from 7 runs of the same model on as much input.',
  );
  expect(waiting({ warm: false, startUpSeconds: 0.5 }, 'onnx')).toBe(
    'Should take about 12 s (nine of ten within 20 s), from 7 runs of the same model on as much input. Of that a worker needs 500 ms to start.',
  );
});

test('a running job should end at a time, then by a time, then it is late', () => {
  expect(after(2)).toBe('Should end about 14:20:12, in 10 s.');
  expect(after(15)).toBe('Should end by 14:20:20, in 5 s: nine of ten do.');
  expect(after(32)).toBe('Late by 12 s: nine of ten end within 20 s.');
});

test('seconds are left out of a time that is far, and the day is told of one on another day', () => {
  const long = (p50Seconds: number): JobState => ({ ...running, predicted: { ...prediction, p50Seconds, p90Seconds: 2 * p50Seconds } });
  expect(after(0, long(7200))).toBe('Should end about 16:20, in 2 h.');
  expect(after(0, long(86_400))).toBe('Should end about 2026-11-23 14:20, in 1 d.');
});

test('what took up its work again needs only the rest, and what began anew needs all of it', () => {
  const made = (attainedSeconds: number, lostSeconds: number): JobState => ({
    ...running,
    preemptions: { count: 1, lostSeconds, attainedSeconds, by: { id: 7, name: 'other' }, at: startedAt },
  });
  expect(after(0, made(10, 1))).toBe('Should end about 14:20:03, in 3 s.');
  expect(after(5, made(10, 1))).toBe('Should end by 14:20:11, in 6 s: nine of ten do.');
  expect(after(0, made(10, 10))).toBe('Should end about 14:20:12, in 12 s.');
  expect(after(5, { ...running, preemptedBy: { id: 7, name: 'other' } })).toBeUndefined();
});

test('an ended job took so long instead, and nothing is said of one whose end nobody saw', () => {
  expect(after(99, ended('succeeded'))).toBe('Took 13 s; 12 s were predicted.');
  expect(after(99, ended('cancelled'))).toBe('Ended after 13 s; 12 s were predicted.');
  expect(after(99, { ...ended('succeeded'), endedUnseen: true } as JobState)).toBeUndefined();
});

describe('memory', () => {
  const memory = { p50Bytes: 3e8, p90Bytes: 4e8, from: 'repeats', samples: 7 } as const;
  const deviceMemory = { p50Bytes: 4e9, p90Bytes: 5e9, from: 'family', samples: 1 } as const;
  const demand = { cores: 1, memoryBytes: 1, memoryFrom: 'default', device: { kind: 'gpu', count: 1 } } as const;
  const needs = (state: JobState, locale: 'en' | 'zh' = 'en') =>
    memoryTexts({ state, runtime: 'command', demand, prediction: { ...prediction, memory, deviceMemory } }, locale);

  test('that a job should need is said of the machine and of devices, with what it rests on', () => {
    expect(needs(pending)).toEqual([
      'Should need up to about 300 MB of memory (nine of ten within 400 MB), from 7 runs of the same command.',
      'Should need up to about 4.0 GB of GPU memory (nine of ten within 5.0 GB), from one run of the same program with other arguments.',
    ]);
    expect(needs(pending, 'zh')[0]).toBe('预计最多约需 300 MB 内存（十次中有九次在 400 MB 以内），依据同一命令的 7 次运行。');
  });

  test('that an ended job held is beside what was predicted, where it was seen', () => {
    const devices = [{ device: 'gpu0', deviceName: 'GPU', pids: [7], peakMemoryBytes: 6e9 }];
    const ranOn = { device: 'cpu', deviceName: 'CPU', cores: 1, devices };
    expect(needs({ ...ended('succeeded'), ranOn } as JobState)).toEqual(['Held up to 6.0 GB of GPU memory; 4.0 GB were predicted.']);
  });

  test('of a device is said where it was learned or is to be', () => {
    expect(deviceMemoryText({ ...demand, device: { ...demand.device, memoryBytes: 4.4e9 }, deviceMemoryFrom: 'measured' }, 'en')).toBe(
      '4.4 GB: the most that such work held before, and a margin',
    );
    expect(deviceMemoryText({ ...demand, deviceMemoryFrom: 'unknown' }, 'en')).toContain('all of it, for it alone');
    expect(deviceMemoryText(demand, 'en')).toBeUndefined();
  });
});

test('how good predictions have been is said of the work, the device and the state of the worker', () => {
  const quality = { family: 'm', device: 'cpu', runs: 40, predicted: 39, mape: 0.124, p90Coverage: 0.897 };
  expect(qualityText({ ...quality, warm: true, memory: { predicted: 1, mape: 0.03, p90Coverage: 1 } }, 'en')).toBe(
    'For such work in a warm worker on cpu the time was off by 12 % on average in 39 predictions, and 90 % stayed within nine of ten. Memory was off by 3 % in one prediction.',
  );
  expect(qualityText({ ...quality, warm: false }, 'zh')).toBe(
    '这类工作在 cpu 上需先启动工作进程时的 39 次预测，用时平均偏差 12%，90% 在九成界限以内。',
  );
});

test('nothing is said where nothing was predicted', () => {
  expect(predictionText({ state: pending, runtime: 'command' }, startedAt, 'en')).toBeUndefined();
});

test('in Chinese', () => {
  expect(after(2, running, 'zh')).toBe('预计 14:20:12 左右结束，还需 10 秒。');
  expect(predictionText({ state: pending, runtime: 'command', prediction }, startedAt, 'zh')).toBe(
    '预计约需 12 秒（十次中有九次在 20 秒以内），依据同一命令的 7 次运行。',
  );
});
