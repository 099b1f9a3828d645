import { expect, test } from 'vitest';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { createWords } from '../../words.tsx';
import { deadlineText, latestText, momentText, runSentence, startText, timesText } from './plan-words.ts';

const words = createWords('en');
const now = new Date(2026, 10, 26, 13, 54).getTime();
const minute = 60_000;
const run = (change: Partial<PlannedRun> = {}): PlannedRun => ({
  job: { id: 7, name: 'train-resnet' },
  group: 'vision',
  kind: 'planned',
  devices: ['gpu0'],
  cores: 1,
  startsAt: now + 26 * minute,
  endsAt: now + 37 * minute,
  ...change,
});

test('a moment is as exact as it is near, also over midnight', () => {
  expect(momentText(now + 3 * minute, now, true, words)).toBe('~13:57:00');
  expect(momentText(now + 26 * minute, now, true, words)).toBe('~14:20');
  expect(momentText(now + 11 * 60 * minute, now, true, words)).toBe('~00:54');
  expect(momentText(now - 30 * minute, now, false, words)).toBe('13:24');
  expect(momentText(now + 48 * 60 * minute, now, true, words)).toMatch(/28.*13:54/);
  expect(startText(now + 48 * 60 * minute, now, words)).toMatch(/^~.*28/);
});

test('what ran, runs and should run says so, and what nobody knows as well', () => {
  expect(timesText(run(), now, words)).toBe('Should start ~14:20 and end ~14:31');
  expect(timesText(run({ kind: 'running', startsAt: now - 30 * minute }), now, words)).toBe('Runs since 13:24, should end ~14:31');
  expect(timesText(run({ kind: 'running', startsAt: now - 60 * minute, endsAt: now - 20 * minute }), now, words)).toBe(
    'Runs since 12:54, should have ended ~13:34',
  );
  expect(timesText(run({ kind: 'ended', startsAt: now - 60 * minute, endsAt: now - 20 * minute }), now, words)).toBe(
    'Ran from 12:54 to 13:34, 40 min',
  );
  const { endsAt: _, ...open } = run();
  expect(timesText(open, now, words)).toContain('nobody knows');
});

test('a deadline is told as it will be kept or missed, and the latest end only where it is later', () => {
  expect(deadlineText(run({ deadline: now + 60 * minute }), now, words)).toBe('Meets its deadline of 14:54');
  expect(deadlineText(run({ deadline: now + 30 * minute }), now, words)).toBe('Misses its deadline of 14:24');
  expect(deadlineText(run(), now, words)).toBeUndefined();
  expect(latestText(run({ endsAtLatest: now + 37 * minute }), now, words)).toBeUndefined();
  expect(latestText(run({ endsAtLatest: now + 50 * minute }), now, words)).toBe('In 9 of 10 it has ended by ~14:44');
});

test('a bar is said in one text for those who do not see it', () => {
  expect(runSentence(run({ part: 2, endsAtLatest: now + 50 * minute }), now, words)).toBe(
    'train-resnet 2. vision. gpu0. Should start ~14:20 and end ~14:31. In 9 of 10 it has ended by ~14:44',
  );
});
