import { expect, test } from 'vitest';
import { createTestClient, emptyCore, rowOf } from '../../test-client.ts';
import { createLatestStore } from './latest-store.ts';

const ended = (id: number, kind: 'succeeded' | 'cancelled', endedAt: number) => rowOf(id, { state: { kind, attempt: 1, endedAt } });
const failed = (id: number, endedAt: number) =>
  rowOf(id, { state: { kind: 'failed', attempt: 1, endedAt, reason: { code: 'exit-code', values: { exitCode: 1 } } } });

test('what ended is shown by when it ended, whichever way, and not what runs or waits', async () => {
  const rows = [rowOf(9), ended(1, 'succeeded', 30), failed(2, 50), ended(3, 'cancelled', 40), ended(4, 'succeeded', 10)];
  const latest = createLatestStore(createTestClient({ ...emptyCore, rows }), 3);
  const shown = new Promise((resolve) => latest.subscribe(({ rows: now }) => now && resolve(now.map(({ id }) => id))));
  const stop = latest.watch();
  expect(await shown).toEqual([2, 3, 1]);
  stop();
});
