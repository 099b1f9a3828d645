import type { DeviceReading } from '../../../../shared/model/device.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import type { FoundDevice, SamplerReport } from '../../ports.ts';

/** A device that was present at some time in this run. */
export interface Present {
  readonly facts: FoundDevice;
  /** Why nobody can use it now; absent while it answers. */
  readonly fault?: DeviceReason;
  /** Since when it has been faulty without a break, in milliseconds since 1970. */
  readonly faultSince?: number;
  /** Absent when it is too old to be called current. */
  readonly reading?: DeviceReading;
  /** It has just come, or come back, and the first measurement is on its way. */
  readonly isUnmeasured: boolean;
}

/** What the sampler has told of devices so far. */
export interface FoundDevices {
  take(report: SamplerReport): void;
  /** By key. */
  present(): ReadonlyMap<string, Present>;
  /** What keeps a probe from saying what there is, where it has said nothing in this run. */
  unanswered(): DeviceReason | undefined;
}

interface Entry {
  facts: FoundDevice;
  probe: string;
  isListed: boolean;
  /** What befell all devices of its probe. */
  probeFault?: DeviceReason;
  readingError?: string;
  faultSince?: number;
  reading?: { at: number; values: DeviceReading };
  /** Measured since it came or came back. */
  isMeasured: boolean;
  /** When it came, or was faulty last. */
  usableSince: number;
}

/** Samplers measure once a second; what is older than this is a gap. */
const staleMs = 5000;
/** Whoever has not been measured by then will not be: its driver does not tell. */
const firstReadingMs = 3000;

export const createFoundDevices = (now: () => number): FoundDevices => {
  const entries = new Map<string, Entry>();
  /** By probe that has never answered. */
  const unanswered = new Map<string, DeviceReason>();
  const answered = new Set<string>();

  const takeDevices = (probe: string, devices: readonly FoundDevice[]): void => {
    answered.add(probe);
    unanswered.delete(probe);
    for (const facts of devices) {
      const entry = entries.get(facts.key) ?? { facts, probe, isListed: true, isMeasured: false, usableSince: now() };
      Object.assign(entry, { facts, probe, isListed: true });
      entries.set(facts.key, entry);
    }
    const listed = new Set(devices.map(({ key }) => key));
    for (const entry of entriesOf(probe)) {
      entry.isListed = listed.has(entry.facts.key);
      // Whoever lists devices answers.
      delete entry.probeFault;
    }
  };

  const takeReadings = ({ at, readings }: Extract<SamplerReport, { kind: 'readings' }>): void => {
    for (const [key, reading] of readings) {
      const entry = entries.get(key);
      if (!entry) continue;
      delete entry.probeFault;
      delete entry.readingError;
      if (isError(reading)) entry.readingError = reading.error;
      else Object.assign(entry, { reading: { at, values: reading }, isMeasured: true });
    }
  };

  const entriesOf = (probe: string): Entry[] => [...entries.values()].filter((entry) => entry.probe === probe);

  const apply = (report: SamplerReport): void => {
    switch (report.kind) {
      case 'devices':
        return takeDevices(report.probe, report.devices);
      case 'readings':
        return takeReadings(report);
      case 'processes':
        return;
      case 'failed':
        for (const entry of entriesOf(report.probe)) entry.probeFault = faultOfProbe(report.reason);
        if (!answered.has(report.probe)) unanswered.set(report.probe, faultOfProbe(report.reason));
    }
  };

  /** Keeps the moment at which each fault began. */
  const markFaults = (): void => {
    for (const entry of entries.values()) {
      if (!faultOf(entry)) delete entry.faultSince;
      else Object.assign(entry, { faultSince: entry.faultSince ?? now(), usableSince: now(), isMeasured: false });
    }
  };

  return {
    take(report) {
      apply(report);
      markFaults();
    },
    unanswered: () => unanswered.values().next().value,
    present: () => new Map([...entries].map(([key, entry]) => [key, presentOf(entry, now())])),
  };
};

const isError = (reading: DeviceReading | { error: string }): reading is { error: string } => 'error' in reading;

const faultOfProbe = (reason: Extract<SamplerReport, { kind: 'failed' }>['reason']): DeviceReason =>
  reason.kind === 'silent'
    ? { code: 'device-silent', values: { seconds: reason.seconds } }
    : { code: 'device-error', values: { detail: reason.detail } };

/** A probe that fails can say nothing about what it lists, and a device that is gone nothing about its readings. */
const faultOf = ({ probeFault, isListed, readingError }: Entry): DeviceReason | undefined => {
  if (probeFault) return probeFault;
  if (!isListed) return { code: 'device-gone', values: {} };
  return readingError === undefined ? undefined : { code: 'device-error', values: { detail: readingError } };
};

const presentOf = (entry: Entry, at: number): Present => {
  const fault = faultOf(entry);
  const { reading } = entry;
  const isCurrent = !fault && reading !== undefined && at - reading.at <= staleMs;
  return {
    facts: entry.facts,
    isUnmeasured: !fault && !entry.isMeasured && at - entry.usableSince < firstReadingMs,
    ...(fault && { fault }),
    ...(entry.faultSince !== undefined && { faultSince: entry.faultSince }),
    ...(isCurrent && { reading: reading.values }),
  };
};
