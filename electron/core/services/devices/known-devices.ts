import type { Device, DeviceCapability, DeviceKind, DeviceReading } from '../../../../shared/model/device.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import type { Changeable } from './check-change.ts';
import type { DeviceBook } from './device-book.ts';
import type { DeviceSettings } from './device-settings.ts';
import type { Share } from './divide.ts';
import type { Present } from './found-devices.ts';

/** A device of this run with everything that is known of it. */
export interface KnownDevice extends Changeable {
  readonly key: string;
  readonly shares: readonly KnownShare[];
  readonly reading?: DeviceReading;
  /** What it holds is not known yet. */
  readonly isUnmeasured?: boolean;
  readonly fault?: DeviceReason;
  readonly faultSince?: number;
  readonly unusable?: DeviceReason;
  readonly capability?: DeviceCapability;
}

export interface KnownShare extends Share {
  readonly key: string;
  /** Its own reason, else that of its device. */
  readonly unusable?: DeviceReason;
  /** Its own, or that of its device where it computes as fast as that. */
  readonly capability?: DeviceCapability;
}

/** The key of the processor, of which there is one. */
export const processorKey = 'cpu';

/** What is kept of the machine's memory for the desktop unless a person says otherwise: a sixteenth, at most 1 GiB. */
export const defaultReserveBytes = (totalBytes: number): number => Math.min(1024 ** 3, Math.floor(totalBytes / 16));

/**
 * Every device that was present in this run: the processor, then kind by kind in the order of their ids. `measuring` are the keys of
 * devices and shares that are being measured.
 */
export const knownDevices = (
  cpu: Device,
  present: ReadonlyMap<string, Present>,
  book: DeviceBook,
  measuring: ReadonlySet<string>,
): KnownDevice[] => {
  const known = { book, measuring };
  const partitioned = new Set([...present.values()].map(({ facts }) => facts.parentKey));
  const accelerators = [...present].flatMap(([key, found]): KnownDevice[] => {
    const record = book.record(key);
    if (!record) return [];
    const { key: _, parentKey, ...facts } = found.facts;
    const parent = parentKey === undefined ? undefined : book.record(parentKey);
    const { reading, fault, faultSince, isUnmeasured } = found;
    return [
      {
        ...settingsOf({ ...facts, id: record.id, ...(parent && { parent: parent.id }) }, key, known, fault),
        isPartitioned: partitioned.has(key),
        isUnmeasured,
        ...(reading && { reading }),
        ...(fault && { fault }),
        ...(faultSince !== undefined && { faultSince }),
      },
    ];
  });
  const processor = { ...settingsOf(cpu, processorKey, known, undefined), isPartitioned: false };
  return [processor, ...accelerators.toSorted(byKindAndId)];
};

interface Known {
  readonly book: DeviceBook;
  readonly measuring: ReadonlySet<string>;
}

const settingsOf = (device: Device, key: string, { book, measuring }: Known, fault: DeviceReason | undefined) => {
  const settings = book.record(key)?.settings ?? {};
  const reserve = device.kind === 'cpu' ? defaultReserveBytes(device.memoryTotalBytes ?? 0) : 0;
  const unusable = fault ?? drainOf(settings) ?? measuringOf(key, measuring);
  const { capability } = settings;
  const shares = book.sharesOf(key).map(({ settings: own, ...share }): KnownShare => {
    const reason = unusable ?? drainOf(own) ?? measuringOf(share.key, measuring);
    const capable = device.kind === 'cpu' ? own.capability : capability;
    return { ...share, ...(reason && { unusable: reason }), ...(capable && { capability: capable }) };
  });
  return {
    key,
    device,
    isShare: false,
    shares,
    reserveBytes: settings.reserveBytes ?? reserve,
    overcommit: settings.overcommit ?? 1,
    ...(unusable && { unusable }),
    ...(capability && { capability }),
  };
};

const drainOf = ({ drained }: DeviceSettings): DeviceReason | undefined => drained && { code: 'device-drained', values: drained };

const measuringOf = (key: string, measuring: ReadonlySet<string>): DeviceReason | undefined =>
  measuring.has(key) ? { code: 'device-measuring', values: {} } : undefined;

const kinds: readonly DeviceKind[] = ['cpu', 'gpu', 'npu', 'fpga'];

/** gpu2 before gpu10, and gpu0-mig0 after gpu0. */
const byKindAndId = ({ device: a }: KnownDevice, { device: b }: KnownDevice): number =>
  kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.id.localeCompare(b.id, 'en', { numeric: true });
