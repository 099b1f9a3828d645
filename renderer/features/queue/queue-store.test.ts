import { expect, test } from 'vitest';
import { createTestClient, emptyCore, rowOf } from '../../test-client.ts';
import { createQueueStore } from './queue-store.ts';

const rows = Array.from({ length: 1200 }, (_, index) => rowOf(index + 1));

test('a watched list follows every change of its page', async () => {
  const client = createTestClient({ ...emptyCore, rows });
  const store = createQueueStore(client);
  const stop = store.watch();
  await expect.poll(() => store.getState().total).toBe(1200);
  client.change({ rows: [rowOf(5000), ...rows] });
  await expect.poll(() => store.getState().rows.get(0)?.id).toBe(5000);
  expect(store.getState().total).toBe(1201);
  stop();
});

test('rows far down the list are asked for when they come on the screen', async () => {
  const store = createQueueStore(createTestClient({ ...emptyCore, rows }));
  const stop = store.watch();
  store.show(900, 940);
  await expect.poll(() => store.getState().rows.get(920)?.id).toBe(921);
  stop();
});

test('another filter starts a new list and forgets the selection', async () => {
  const store = createQueueStore(createTestClient({ ...emptyCore, rows: [rowOf(1), rowOf(2, { state: { kind: 'held', since: 0 } })] }));
  const stop = store.watch();
  store.select([1]);
  store.setFilter('held');
  expect(store.getState().selected.size).toBe(0);
  await expect.poll(() => store.getState().total).toBe(1);
  expect([...store.getState().rows.values()].map(({ id }) => id)).toEqual([2]);
  stop();
});

test('everything can be selected, page after page', async () => {
  const store = createQueueStore(createTestClient({ ...emptyCore, rows }));
  await store.selectAll();
  expect(store.getState().selected.size).toBe(1200);
});

test('the queue is asked for with its arrays folded, an array for all of its jobs', async () => {
  const client = createTestClient({ ...emptyCore, rows });
  const store = createQueueStore(client);
  const stop = store.watch();
  store.select([7]);
  store.setArray(7);
  store.setArray(7);
  expect(store.getState().selected.size).toBe(0);
  await expect.poll(() => store.getState().total).toBeDefined();
  stop();
  const asked = client.calls.map(({ input }) => input);
  expect(asked).toMatchObject([{ filter: 'all', search: '', fold: true }, { array: 7 }]);
  expect(asked[1]).not.toHaveProperty('fold');
});
