import { expect, test } from 'vitest';
import { decideQuit } from './quit-decision.ts';

const running = { ownsCore: true, runningJobs: 3, isAsking: false, isShuttingDown: false };

test('quitting while jobs run asks', () => {
  expect(decideQuit(running)).toBe('ask');
});

test('quitting while nothing runs does not ask', () => {
  expect(decideQuit({ ...running, runningJobs: 0 })).toBe('stop');
});

test('it asks once: quitting again while the question stands stops', () => {
  expect(decideQuit({ ...running, isAsking: true })).toBe('stop');
});

test('a machine that shuts down is not kept waiting for an answer', () => {
  expect(decideQuit({ ...running, isShuttingDown: true })).toBe('stop');
});

test('a core that the window only joined is left running, whatever it does', () => {
  expect(decideQuit({ ...running, ownsCore: false })).toBe('leave');
});
