import type { Device, DeviceCapability } from '../../../../shared/model/device.ts';
import type { RefusalReason } from '../../../../shared/model/reason.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Measurer } from '../../ports.ts';
import type { DeviceBook } from './device-book.ts';
import { divide } from './divide.ts';
import type { KnownDevice, KnownShare } from './known-devices.ts';

interface MeasuringParts {
  readonly book: DeviceBook;
  known(): readonly KnownDevice[];
  /** The keys of those that are being measured, which are given no work. */
  readonly measuring: Set<string>;
  /** Throws where a job runs on one of these. */
  refuseInUse(ids: readonly string[]): void;
  /** Called when somebody is measured, or no longer. */
  changed(): void;
  /** Carries out a change of the book after those before it. */
  inTurn(act: () => Promise<void>): Promise<void>;
  readonly now: () => number;
}

/** Measures a device while it is granted to nobody, and keeps the figures. Whoever asks for the same meanwhile gets the same. */
export const createDeviceMeasuring = (parts: MeasuringParts) => {
  const { book, known, measuring, refuseInUse, changed, inTurn, now } = parts;
  const running = new Map<string, Promise<DeviceCapability>>();

  const measured = async ({ key, device }: Subject, measure: Measurer): Promise<DeviceCapability> => {
    const machine = known().flatMap((one) => divide(one.device, one.shares));
    const answer = await measure(device, machine);
    if (answer.kind === 'refused') throw new Refusal(saidOfMeasuring(answer.reason));
    const capability = { ...answer.figures, measuredAt: now() };
    await inTurn(async () => {
      // A share may have been joined meanwhile.
      if (book.record(key)) await book.change(key, (settings) => ({ ...settings, capability }));
    });
    return capability;
  };

  const start = async (subject: Subject, measure: Measurer): Promise<DeviceCapability> => {
    measuring.add(subject.key);
    changed();
    try {
      return await measured(subject, measure);
    } finally {
      running.delete(subject.key);
      measuring.delete(subject.key);
      changed();
    }
  };

  return (target: { device: KnownDevice; share?: KnownShare }, measure: Measurer): Promise<DeviceCapability> => {
    const subject = subjectOf(target);
    const already = running.get(subject.key);
    if (already) return already;
    refuseUnfit(target.device);
    refuseInUse(subject.ids);
    const capability = start(subject, measure);
    running.set(subject.key, capability);
    return capability;
  };
};

/** What helps a job, to ask for another device, does not help here. */
const saidOfMeasuring = (reason: RefusalReason): RefusalReason => {
  if (reason.code !== 'provider-unavailable') return reason;
  const { kind: _, ...values } = reason.values;
  return { code: 'measure-unreachable', values };
};

/** What is really measured. */
interface Subject {
  readonly key: string;
  readonly device: Device;
  /** Who must be without work for it. */
  readonly ids: readonly string[];
}

/** A share of a processor has cores of its own; one of another device's memory computes with all of the device. */
const subjectOf = ({ device, share }: { device: KnownDevice; share?: KnownShare }): Subject => {
  const { key, shares } = device;
  if (!share || device.device.kind !== 'cpu') {
    return { key, device: device.device, ids: [device.device.id, ...shares.map(({ id }) => id)] };
  }
  const own = divide(device.device, shares).find(({ id }) => id === share.id);
  if (!own) throw new Error(`${share.id} is not a share of ${device.device.id}`);
  return { key: share.key, device: own, ids: [share.id] };
};

const refuseUnfit = ({ device, fault, isPartitioned }: KnownDevice): void => {
  if (fault) throw new Refusal({ code: 'device-not-measurable', values: { device: device.id, why: fault } });
  const detail = `${device.id} is partitioned by its hardware; measure its partitions.`;
  if (isPartitioned) throw new Refusal({ code: 'input-invalid', values: { detail } });
};
