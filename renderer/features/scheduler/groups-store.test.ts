import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestClient, emptyCore } from '../../test-client.ts';
import { createGroupsStore } from './groups-store.ts';
import { groupOf } from './test-groups.ts';

// The store asks the page whether it can be seen.
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
vi.stubGlobal('document', page);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  page.visibilityState = 'visible';
  vi.useRealTimers();
});

const asked = (client: ReturnType<typeof createTestClient>) => client.calls.filter(({ name }) => name === 'scheduler.groups').length;

test('groups are asked for again while somebody looks, and not while the page is hidden', async () => {
  const client = createTestClient({ ...emptyCore, groups: [groupOf('lab')] });
  const store = createGroupsStore(client);
  const stop = store.watch();
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState().groups?.map(({ name }) => name)).toEqual(['lab']);
  client.change({ groups: [groupOf('lab', { weight: 3 })] });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(store.getState().groups?.[0]?.weight).toBe(3);

  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  const before = asked(client);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked(client)).toBe(before);
  stop();
});

test('a core that does not answer leaves the groups as they were and says why', async () => {
  const client = createTestClient({ ...emptyCore, groups: [groupOf('lab')] });
  const store = createGroupsStore(client);
  await store.refresh();
  client.refuse({ kind: 'unreachable' });
  await store.refresh();
  expect(store.getState()).toEqual({ groups: [groupOf('lab')], problem: { kind: 'unreachable' } });
  await store.refresh();
  expect(store.getState().problem).toBeUndefined();
});
