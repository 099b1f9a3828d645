import { expect, test } from 'vitest';
import { createActions } from './actions.ts';
import { createTestClient, emptyCore } from './test-client.ts';

test('more jobs than one call takes are changed in several calls', async () => {
  const client = createTestClient(emptyCore);
  const ids = Array.from({ length: 10_001 }, (_, index) => index + 1);
  expect(await createActions(client).change('cancel', ids)).toBeUndefined();
  expect(client.calls).toEqual([
    { name: 'jobs.cancel', input: { ids: ids.slice(0, 10_000) } },
    { name: 'jobs.cancel', input: { ids: [10_001] } },
  ]);
});

test('a refusal is a value, for the place where the action was pressed', async () => {
  const client = createTestClient(emptyCore);
  const problem = { kind: 'refused', reason: { code: 'shutting-down', values: {} } } as const;
  client.refuse(problem);
  expect(await createActions(client).pause()).toEqual(problem);
  client.refuse(problem);
  expect(await createActions(client).submit([])).toEqual({ problem });
});

test('the order of the queue is chosen by name', async () => {
  const client = createTestClient(emptyCore);
  expect(await createActions(client).setPolicy('fifo')).toBeUndefined();
  expect(client.calls).toEqual([{ name: 'scheduler.setPolicy', input: { policy: 'fifo' } }]);
});

test('a note of blanks is no note', async () => {
  const client = createTestClient(emptyCore);
  const actions = createActions(client);
  await actions.drain('gpu0', '  ');
  await actions.drain('gpu0', ' new fan ');
  expect(client.calls).toEqual([
    { name: 'devices.drain', input: { id: 'gpu0' } },
    { name: 'devices.drain', input: { id: 'gpu0', note: 'new fan' } },
  ]);
});

test('a share is asked for with what was chosen of it', async () => {
  const client = createTestClient(emptyCore);
  await createActions(client).split('cpu', { name: 'left', coreIds: [0, 1] });
  expect(client.calls).toEqual([{ name: 'devices.split', input: { id: 'cpu', name: 'left', coreIds: [0, 1] } }]);
});

test('a device is measured by its id, and why it was not is told where that was asked', async () => {
  const client = createTestClient(emptyCore);
  expect(await createActions(client).measure('gpu0')).toBeUndefined();
  const problem = {
    kind: 'refused',
    reason: { code: 'device-unknown', values: { device: 'gpu0', known: 'cpu' } },
  } as const;
  client.refuse(problem);
  expect(await createActions(client).measure('gpu0')).toEqual(problem);
  expect(client.calls).toContainEqual({ name: 'devices.measure', input: { id: 'gpu0' } });
});
