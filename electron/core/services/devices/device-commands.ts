import type { DeviceCapability } from '../../../../shared/model/device.ts';
import type { RefusalReason } from '../../../../shared/model/reason.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Measurer } from '../../ports.ts';
import { checkMemorySettings, checkSplit } from './check-change.ts';
import type { DeviceBook } from './device-book.ts';
import { grantOn, type RunningJob } from './device-jobs.ts';
import type { DeviceSettings } from './device-settings.ts';
import type { KnownDevice, KnownShare } from './known-devices.ts';
import { createDeviceMeasuring } from './measure-device.ts';

/** What a person may change. Each is refused with a reason, or is in the journal when it resolves. */
export interface DeviceCommands {
  drain(id: string, note: string | undefined): Promise<void>;
  undrain(id: string): Promise<void>;
  split(id: string, share: { name: string; coreIds?: readonly number[]; memoryBytes?: number }): Promise<void>;
  join(id: string): Promise<void>;
  reserve(id: string, bytes: number): Promise<void>;
  overcommit(id: string, ratio: number): Promise<void>;
  /** Nobody gets work on it meanwhile; the figures are in the journal when it resolves. */
  measure(id: string, measurer: Measurer): Promise<DeviceCapability>;
}

interface CommandParts {
  readonly book: DeviceBook;
  known(): readonly KnownDevice[];
  /** The keys of devices and shares that are being measured; `known` is told by it. */
  readonly measuring: Set<string>;
  running(): readonly RunningJob[];
  /** Called when something holds, before the journal has it, and again when the journal has refused it. */
  changed(): void;
  readonly now: () => number;
  /** Resolves when the devices have been looked for once. */
  readonly looked: Promise<void>;
}

interface Target {
  readonly key: string;
  readonly device: KnownDevice;
  /** The share that is meant; absent when it is the device itself. */
  readonly share?: KnownShare;
}

export const createDeviceCommands = ({ book, known, measuring, running, changed, now, looked }: CommandParts): DeviceCommands => {
  let turn: Promise<unknown> = looked;

  /** One after the other, so that what the disk refuses can be undone. It holds at once: no job starts on what is being given away. */
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const done = turn.then(async () => {
      const written = act();
      changed();
      await written.catch((error: unknown) => {
        changed();
        throw error;
      });
    });
    turn = done.catch(() => undefined);
    return done;
  };

  const find = (id: string): Target => {
    const devices = known();
    for (const device of devices) {
      if (device.device.id === id) return { key: device.key, device };
      const share = device.shares.find((one) => one.id === id);
      if (share) return { key: share.key, device, share };
    }
    const names = devices.flatMap(({ device, shares }) => [device.id, ...shares.map((share) => share.id)]);
    throw new Refusal({ code: 'device-unknown', values: { device: id, known: names.join(', ') } });
  };

  const refuseInUse = (id: string): void => {
    const jobs = running().filter((job) => grantOn(job, id));
    if (jobs.length > 0) {
      throw new Refusal({ code: 'device-in-use', values: { device: id, jobs: jobs.map((job) => ({ id: job.id, name: job.name })) } });
    }
  };

  const measure = createDeviceMeasuring({ book, known, measuring, changed, inTurn, now, refuseInUse: (ids) => ids.forEach(refuseInUse) });

  const setMemory = async (id: string, change: { reserveBytes?: number; overcommit?: number }): Promise<void> => {
    const target = find(id);
    refuse(checkMemorySettings(changeableOf(target), change));
    await book.change(target.key, (settings) => ({ ...settings, ...change }));
  };

  const split = async (id: string, { name, coreIds, memoryBytes }: Parameters<DeviceCommands['split']>[1]): Promise<void> => {
    const target = find(id);
    const part = {
      ...(coreIds && { coreIds: [...new Set(coreIds)].toSorted((a, b) => a - b) }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    };
    refuse(checkSplit(changeableOf(target), part));
    if (book.isTaken(name)) throw new Refusal({ code: 'split-name-taken', values: { name } });
    refuseInUse(id);
    await book.addShare(target.key, { id: name, ...part });
  };

  const join = async (id: string): Promise<void> => {
    const { share } = find(id);
    if (!share) throw new Refusal({ code: 'not-a-share', values: { device: id } });
    refuseInUse(id);
    await book.removeShare(id);
  };

  return {
    drain: (id, note) =>
      inTurn(async () => book.change(find(id).key, (settings) => ({ ...settings, drained: { ...(note !== undefined && { note }) } }))),
    undrain: (id) => inTurn(async () => book.change(find(id).key, withoutDrain)),
    split: (id, share) => inTurn(() => split(id, share)),
    join: (id) => inTurn(() => join(id)),
    reserve: (id, reserveBytes) => inTurn(() => setMemory(id, { reserveBytes })),
    overcommit: (id, overcommit) => inTurn(() => setMemory(id, { overcommit })),
    async measure(id, measurer) {
      await looked;
      return measure(find(id), measurer);
    },
  };
};

/** A share is not divided again and has the memory settings of its device. */
const changeableOf = ({ device, share }: Target): KnownDevice =>
  share ? { ...device, isShare: true, device: { ...device.device, id: share.id, parent: device.device.id } } : device;

const refuse = (reason: RefusalReason | undefined): void => {
  if (reason) throw new Refusal(reason);
};

const withoutDrain = (settings: DeviceSettings): DeviceSettings => {
  const { drained: _, ...others } = settings;
  return others;
};
