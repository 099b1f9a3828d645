import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Explanation } from '../../../shared/model/plan.ts';
import { createTestClient, emptyCore } from '../../test-client.ts';
import { followExplanation } from './explanation-store.ts';

// The store asks the page whether it can be seen.
vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const explained = (change: Partial<Explanation> = {}): Explanation => ({
  job: { id: 7, name: 'job-7' },
  ahead: [],
  aheadTotal: 0,
  remedies: [],
  candidates: [],
  ...change,
});

test('an explanation is asked for again while somebody looks, and no more once it is stopped', async () => {
  const client = createTestClient({ ...emptyCore, explanations: new Map([[7, explained({ aheadTotal: 3 })]]) });
  const followed = followExplanation(client, 7);
  await vi.advanceTimersByTimeAsync(0);
  expect(followed.getState().explanation?.aheadTotal).toBe(3);
  client.change({ explanations: new Map([[7, explained({ aheadTotal: 2 })]]) });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(followed.getState().explanation?.aheadTotal).toBe(2);
  followed.stop();
  const before = client.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.calls.length).toBe(before);
});

test('what the core refuses is told, and the last explanation stays', async () => {
  const client = createTestClient({ ...emptyCore, explanations: new Map([[7, explained()]]) });
  const followed = followExplanation(client, 7);
  await vi.advanceTimersByTimeAsync(0);
  client.refuse({ kind: 'unreachable' });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(followed.getState()).toEqual({ explanation: explained(), problem: { kind: 'unreachable' } });
  followed.stop();
});
