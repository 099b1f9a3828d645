import { afterEach, expect, test, vi } from 'vitest';
import { createTestClient, emptyCore, type FakeCore } from '../../test-client.ts';
import { createHistoryStores } from './history-store.ts';
import { createMachineStore } from './machine-store.ts';
import { deviceOf } from './test-devices.ts';

// The store asks the page whether it can be seen.
vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));

const cpu = deviceOf('cpu', { sample: { at: 3000, cpuPercent: 30 } });
const gpu = deviceOf('gpu0', { utilization: 50 });
const core: FakeCore = {
  ...emptyCore,
  devices: [gpu, cpu],
  samples: [
    { at: 1000, cpuPercent: 10 },
    { at: 2000, cpuPercent: 20 },
    { at: 3000, cpuPercent: 30 },
  ],
  series: new Map([['utilization', [{ at: 1000, mean: 40, max: 44 }]]]),
};

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

test('what was measured before somebody looked stands before what is measured now, of every device', async () => {
  const store = createMachineStore(createTestClient(core));
  stops.push(store.watch());
  const readingsOf = (id: string) =>
    store
      .getState()
      .readings.get(id)
      ?.map(({ at, utilization }) => [at, utilization]);
  await expect
    .poll(() => [store.getState().devices?.map(({ id }) => id), readingsOf('cpu'), readingsOf('gpu0')])
    .toEqual([
      ['cpu', 'gpu0'],
      [
        [1000, 10],
        [2000, 20],
        [3000, 30],
      ],
      [
        [1000, 40],
        [3000, 50],
      ],
    ]);
});

test('what was measured before is there also when the first live reading overtakes it', async () => {
  const client = createTestClient(core);
  const live = Promise.withResolvers<void>();
  const { devices } = client.api;
  const list: typeof devices.list = async (...input) => {
    await live.promise;
    return devices.list(...input);
  };
  const store = createMachineStore({ ...client, api: { ...client.api, devices: { ...devices, list } } });
  stops.push(store.watch());
  const times = () =>
    store
      .getState()
      .readings.get('gpu0')
      ?.map(({ at }) => at);
  await expect.poll(times).toEqual([3000]);
  live.resolve();
  await expect.poll(times).toEqual([1000, 3000]);
});

test('processes are asked for only where they are shown', async () => {
  const client = createTestClient(core);
  const store = createMachineStore(client);
  stops.push(store.watch(), store.watch({ processes: true }));
  await expect
    .poll(() => client.calls.filter(({ name }) => name === 'devices.watch').map(({ input }) => input))
    .toEqual([expect.not.objectContaining({ processes: true }), expect.objectContaining({ processes: true })]);
});

test('what was kept comes as readings with their highest, and a refusal is said', async () => {
  const client = createTestClient(core);
  const followed = createHistoryStores(client).follow({ device: 'gpu0', quantities: ['utilization'], lengthMs: 3_600_000 });
  stops.push(followed.stop);
  await expect.poll(() => followed.getState().readings).toEqual([{ at: 1000, utilization: 40, most: { utilization: 44 } }]);

  client.refuse({ kind: 'unreachable' });
  const refused = createHistoryStores(client).follow({ device: 'gpu0', quantities: ['utilization'], lengthMs: 3_600_000 });
  stops.push(refused.stop);
  await expect.poll(() => refused.getState().problem).toEqual({ kind: 'unreachable' });
});
