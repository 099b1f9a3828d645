import { afterEach, expect, test, vi } from 'vitest';
import { sentenceOf } from './reasons.ts';

afterEach(() => void vi.useRealTimers());

test('parts of cores are told as they are', () => {
  const values = { needCores: 1.5, freeCores: 0.5, totalCores: 2, holders: [{ id: 7, name: 'train' }] };
  expect(sentenceOf({ code: 'cores-busy', values }, 'en')).toBe('Waits for 1.5 cores; 0.5 of 2 free, train running.');
  const ending = { ...values, needCores: 1, ending: values.holders };
  expect(sentenceOf({ code: 'cores-busy', values: ending }, 'en')).toBe(
    'Waits for 1 core; 0.5 of 2 free, train running; being ended to make room: train.',
  );
});

test('moments within the hour have their seconds, others have none', () => {
  vi.useFakeTimers({ now: new Date(2030, 4, 6, 12, 0, 0) });
  const begins = (...time: [number, number, number]) =>
    sentenceOf({ code: 'begin-time', values: { at: new Date(2030, 4, 6, ...time).getTime() } }, 'en');
  expect(begins(12, 0, 40)).toBe('Asked not to begin before 12:00:40; until then others pass it.');
  expect(begins(12, 30, 0)).toContain('before 12:30;');
  expect(begins(18, 5, 40)).toContain('before 18:05;');
});

test('numbers of jobs are written as they are typed, and amounts in groups', () => {
  expect(sentenceOf({ code: 'job-unknown', values: { id: 12_345 } }, 'en')).toBe(
    'There is no job 12345. See the list with: switchyard status',
  );
  expect(sentenceOf({ code: 'attempt-unknown', values: { id: 12_345, attempt: 3000, attempts: 1 } }, 'en')).toBe(
    'Job 12345 has no attempt 3000; it has had 1 attempt.',
  );
  expect(sentenceOf({ code: 'queue-full', values: { limit: 200_000 } }, 'zh')).toContain('200,000');
});

test('what cannot be done to a job is said in words, and what became of the others that were named', () => {
  const values = { id: 12, action: 'cancel', state: 'ended' };
  expect(sentenceOf({ code: 'job-wrong-state', values }, 'en')).toBe('Job 12 cannot be cancelled: it has ended.');
  expect(sentenceOf({ code: 'job-wrong-state', values: { ...values, others: 1 } }, 'en')).toBe(
    'Job 12 cannot be cancelled: it has ended. The other job was left as it is.',
  );
  expect(sentenceOf({ code: 'job-wrong-state', values: { id: 9, action: 'next', state: 'held', others: 2 } }, 'en')).toBe(
    'Job 9 cannot be moved to the head of the queue: it is held. The 2 other jobs were left as they are.',
  );
  expect(sentenceOf({ code: 'job-wrong-state', values: { ...values, others: 2 } }, 'zh')).toBe(
    '作业 12 无法取消：它已结束。另外 2 个作业保持不变。',
  );
});

test('what a file should have held is said in the language of the sentence', () => {
  const damaged = (kind: string) => ({ code: 'file-damaged' as const, values: { file: 'a.png', kind, detail: 'It ends.' } });
  expect(sentenceOf(damaged('picture'), 'en')).toContain('not a readable picture file');
  expect(sentenceOf(damaged('picture'), 'zh')).toContain('不是可读的图片文件');
  expect(sentenceOf(damaged('WAV'), 'zh')).toContain('不是可读的 WAV 文件');
});

test('who holds the memory of a device is named, ours and others, and nobody is where there is nobody', () => {
  const values = { device: 'gpu0', needBytes: 6.2e9, freeBytes: 1.1e9 };
  const held = {
    ...values,
    holders: [{ id: 7, name: 'train-resnet' }],
    foreign: [{ pid: 4321, name: 'python', bytes: 18e9 }],
  };
  expect(sentenceOf({ code: 'device-memory', values: held }, 'en')).toBe(
    'Waits for 6.2 GB on gpu0, where 1.1 GB is free; train-resnet running there; not ours and holding memory: python 4321 (18.0 GB).',
  );
  expect(sentenceOf({ code: 'device-memory', values: { ...values, holders: [], foreign: [] } }, 'en')).toBe(
    'Waits for 6.2 GB on gpu0, where 1.1 GB is free.',
  );
});

test('a reason inside a reason is a sentence of its own, with the note that a person left', () => {
  const why = { code: 'device-drained' as const, values: { note: 'new fan [left]' } };
  expect(sentenceOf({ code: 'device-unusable', values: { devices: ['gpu0', 'gpu1'], why } }, 'en')).toBe(
    'Waits for gpu0 and gpu1: Drained by hand: new fan [left]. Undrain it to give it work again.',
  );
  expect(sentenceOf({ code: 'device-unusable', values: { devices: ['gpu0'], why: { code: 'device-drained', values: {} } } }, 'zh')).toBe(
    '等待 gpu0：已手动停用。恢复后才会分配工作。',
  );
});
