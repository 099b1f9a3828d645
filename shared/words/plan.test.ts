import { expect, test } from 'vitest';
import type { Explanation, Remedy } from '../model/plan.ts';
import { aheadText, candidateText, nearText, remedyText, startText, whenText } from './plan.ts';

const now = new Date(2026, 10, 28, 14, 0, 0).getTime();
const job = { id: 7, name: 'train' };
const explanation = (values: Partial<Explanation>): Explanation => ({
  job,
  ahead: [],
  aheadTotal: 0,
  remedies: [],
  candidates: [],
  ...values,
});
const inSeconds = (seconds: number): number => now + seconds * 1000;

test('when a job runs is said at the median and at the latest', () => {
  const all = { startsAt: inSeconds(1200), endsAt: inSeconds(7200), startsAtLatest: inSeconds(1800), endsAtLatest: inSeconds(9000) };
  expect(whenText(explanation(all), now, 'en')).toEqual([
    'Should start about 14:20:00, in 20 min, and end about 16:00.',
    'If everything takes as long as the slowest tenth of runs, it starts about 14:30:00 and ends about 16:30.',
  ]);
  expect(whenText(explanation({ startsAt: inSeconds(1200) }), now, 'en')).toEqual([
    'Should start about 14:20:00, in 20 min.',
    'How long it will take is not known.',
  ]);
  expect(whenText(explanation(all), now, 'zh')[0]).toBe('预计约 14:20:00 启动（20 分后），约 16:00 结束。');
});

test('a start alone is said too', () => {
  expect(startText(inSeconds(60), now, 'en')).toBe('Should start about 14:01:00, in 1 min.');
  expect(startText(now, now, 'en')).toBe('Starts with the next decision.');
});

test('what cannot be told is said, and a held job has no time', () => {
  expect(whenText(explanation({}), now, 'en')[0]).toContain('When it starts cannot be told');
  expect(whenText(explanation({ wait: { code: 'held', values: {} } }), now, 'en')).toEqual([]);
  expect(whenText(explanation({ startsAt: now, endsAt: inSeconds(5) }), now, 'en')).toEqual(['Starts with the next decision.']);
});

test('who is ahead and what would help are sentences', () => {
  expect(aheadText(explanation({}), 'en')).toBeUndefined();
  expect(aheadText(explanation({ ahead: [job], aheadTotal: 1 }), 'en')).toBe('One job is ahead of it, first of all train (job 7).');
  expect(aheadText(explanation({ ahead: [job], aheadTotal: 40 }), 'en')).toBe('40 jobs are ahead of it, first of all train (job 7).');
  const remedies: [Remedy, string][] = [
    [{ code: 'run-next', values: {} }, 'Put it first in line.'],
    [{ code: 'cancel-holder', values: { job } }, 'Cancel train (job 7), which has what it needs.'],
    [{ code: 'fewer-cores', values: { cores: 1 } }, 'Submit it with 1 core instead.'],
    [{ code: 'less-memory', values: { memoryBytes: 2e9 } }, 'Submit it with 2.0 GB of memory instead.'],
    [{ code: 'other-policy', values: { policy: 'fifo' } }, 'Change the policy to fifo.'],
  ];
  for (const [remedy, sentence] of remedies) expect(remedyText(remedy, 'en')).toBe(sentence);
});

test('a device that it could have says when it would be done there', () => {
  const gpu = { device: 'gpu0', deviceName: 'GPU 0', freeAt: inSeconds(60), p50Seconds: 90, finishesAt: inSeconds(150), isChosen: true };
  expect(candidateText(gpu, now, 'en')).toBe('gpu0 (GPU 0): free about 14:01:00, takes 2 min, done about 14:02:30; it goes there');
  expect(candidateText(gpu, now, 'en', true)).toBe(
    'gpu0 (GPU 0): free about 14:01:00, takes 2 min, done about 14:02:30; it was given this one',
  );
  expect(candidateText({ device: 'cpu', deviceName: 'CPU', freeAt: now, isChosen: false }, now, 'en')).toBe(
    'cpu (CPU): free about 14:00:00',
  );
});

test('why a place comes before others that are as good is said', () => {
  const values = { device: 'left', job };
  expect(nearText({ code: 'made-here', values }, 'en')).toBe(
    'Of places that are as good left comes first: what it works on was made there by train (job 7).',
  );
  expect(nearText({ code: 'made-here', values }, 'zh')).toBe('在同样合适的位置中，left 优先：它要处理的数据由 train（作业 7）在那里产生。');
  expect(nearText({ code: 'made-on-node', values: { ...values, node: 1 } }, 'en')).toBe(
    'Of places that are as good left comes first: what it works on was made on the same NUMA node (1) by train (job 7).',
  );
  expect(nearText({ code: 'on-node-of', values: { device: 'left', other: 'gpu0', node: 1 } }, 'en')).toBe(
    'Of places that are as good left comes first: it is on the same NUMA node (1) as gpu0.',
  );
});
