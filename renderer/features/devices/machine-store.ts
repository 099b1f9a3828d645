import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Connection } from '../../connection.ts';
import { watch, whileVisible } from '../../watch.ts';
import { orderDevices } from './device-order.ts';
import { keptQuantities, mergeReadings, readingOf, readingOfSample, readingsOf, type Reading } from './reading.ts';

export interface MachineState {
  /** Undefined before the first answer. Each device is followed by its shares. */
  devices: readonly DeviceState[] | undefined;
  /** Of each device, oldest first, of the last 15 minutes. */
  readings: ReadonlyMap<string, readonly Reading[]>;
}

/** The devices and their measurements, live while somebody looks. */
export interface MachineStore extends StoreApi<MachineState> {
  /** With `processes` the core reads every second which programs use the devices, else more rarely. */
  watch: (options?: { processes: boolean }) => () => void;
}

const keptSeconds = 900;
const keptMs = keptSeconds * 1000;

export const createMachineStore = (connection: Connection): MachineStore => {
  const { api } = connection;
  const store = createStore<MachineState>(() => ({ devices: undefined, readings: new Map() }));
  const add = (more: ReadonlyMap<string, readonly Reading[]>) =>
    store.setState(({ readings }) => {
      const next = new Map(readings);
      for (const [id, found] of more) next.set(id, mergeReadings(readings.get(id) ?? [], found, keptMs));
      return { readings: next };
    });

  /** What was measured before anybody looked. A stream that is lost meanwhile tells so itself and starts over, which asks again. */
  const recall = async () => {
    // Before the stream adds its first reading: what is missing lies before that one.
    const known = store.getState().readings;
    const [{ devices }, { samples }] = await Promise.all([api.devices.list(), api.devices.samples({ seconds: keptSeconds })]);
    // The first sample may be a second away; until then what was shown before a page was left is no longer true.
    store.setState({ devices: orderDevices(devices) });
    const processor = devices.find(isProcessor);
    const to = samples.at(-1)?.at ?? Date.now();
    const others = devices.filter((device) => !isProcessor(device));
    const recalled = await Promise.all(
      others.map(async (device) => [device.id, await recallOne(device, known.get(device.id), to)] as const),
    );
    // All at once, so that graphs get their whole history in one step.
    add(new Map([...(processor ? [[processor.id, samples.map(readingOfSample)] as const] : []), ...recalled]));
  };
  const recallOne = async (device: DeviceState, known: readonly Reading[] | undefined, to: number): Promise<readonly Reading[]> => {
    const before = known?.findLast(({ at }) => at <= to)?.at ?? 0;
    const from = Math.max(before, to - keptMs);
    if (from >= to) return [];
    const now = readingOf(device, to);
    const quantities = keptQuantities.filter((quantity) => now[quantity] !== undefined);
    const series = await Promise.all(
      quantities.map(async (quantity) => ({
        quantity,
        points: (await api.metrics.series({ device: device.id, quantity, from: Math.floor(from), to: Math.ceil(to), points: keptSeconds }))
          .points,
      })),
    );
    return readingsOf(series);
  };

  const start = (processes: boolean) => () =>
    watch(connection, {
      open: (credit, signal) => api.devices.watch({ credit, ...(processes ? { processes } : {}) }, { signal }),
      onStart: () => void recall().catch(() => {}),
      onValue: ({ sample, devices }) => {
        store.setState({ devices: orderDevices(devices) });
        add(new Map(devices.map((device) => [device.id, [readingOf(device, sample.at)]])));
      },
    });
  return { ...store, watch: ({ processes } = { processes: false }) => whileVisible(document, start(processes)) };
};

/** The machine's sample is its measurement. */
const isProcessor = ({ kind, parent }: DeviceState): boolean => kind === 'cpu' && parent === undefined;
