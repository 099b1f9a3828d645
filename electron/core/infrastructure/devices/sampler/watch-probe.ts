import type { DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice, SamplerReport } from '../../../ports.ts';
import type { Clock } from './clock.ts';
import { silentMs } from './sampler-messages.ts';

const lookMs = 5000;
/** Where nothing was ever found: a driver that is installed later shows within this time. */
const lookForFirstMs = 30_000;
const listMs = 5000;
const listWatchedMs = 1000;
/** How often a silence that goes on is told again, with its new length. */
const silentAgainMs = 5000;
/** A timer or a call that is a moment off must not cost a whole round. */
const earlyMs = 50;

export type Readings = ReadonlyMap<string, DeviceReading | { error: string }>;

export interface ProbeWatch {
  /** Does what is due; resolves when that is done, undefined when there is nothing to do or the probe has not answered yet. */
  tick(isWatched: boolean): Promise<void> | undefined;
  /** It has found or failed something, so that it must be asked every second. */
  isActive(): boolean;
  /** When it wants to look again; of the monotonic clock. */
  looksAtMs(): number;
}

interface WatchOptions {
  readonly probe: AcceleratorProbe;
  readonly clock: Clock;
  readonly tell: (report: SamplerReport) => void;
  readonly putReadings: (readings: Readings) => void;
  /** Called once, when the probe has looked for the first time or has failed. */
  readonly onLooked: () => void;
}

type Failure = Extract<SamplerReport, { kind: 'failed' }>['reason'];

/** Asks one probe what is due, one call at a time, and tells when it fails, falls silent and is back. */
export const watchProbe = ({ probe, clock, tell, putReadings, onLooked }: WatchOptions): ProbeWatch => {
  let devices: FoundDevice[] = [];
  /** Nothing yet: the first look is told even when it found nothing, so that what an earlier process found is forgotten. */
  let toldDevices = '';
  let hasFound = false;
  let hasLooked = false;
  let failure: Failure | undefined;
  let openSince: number | undefined;
  let looksAt = clock.monotonicMs();
  let listedAt = Number.NEGATIVE_INFINITY;

  /** One call of the probe, whose time is watched. */
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    openSince = clock.monotonicMs();
    try {
      return await call();
    } finally {
      openSince = undefined;
    }
  };

  const fail = (reason: Failure): void => {
    failure = reason;
    tell({ kind: 'failed', probe: probe.name, reason });
    looked();
  };

  const looked = (): void => {
    if (hasLooked) return;
    hasLooked = true;
    onLooked();
  };

  const look = async (): Promise<void> => {
    devices = await ask(() => probe.discover());
    if (devices.length > 0) hasFound = true;
    looksAt = clock.monotonicMs() + (hasFound || failure ? lookMs : lookForFirstMs);
    // One that has failed is believed when it measures again, not before.
    if (!failure || devices.length === 0) tellDevices();
    looked();
  };

  const tellDevices = (): void => {
    const text = JSON.stringify(devices);
    if (text !== toldDevices || failure) tell({ kind: 'devices', probe: probe.name, devices });
    toldDevices = text;
    failure = undefined;
  };

  const round = async (isWatched: boolean): Promise<void> => {
    const due = clock.monotonicMs() + earlyMs;
    try {
      if (due >= looksAt) await look();
      if (devices.length === 0) return;
      const readings = await ask(() => probe.sample());
      if (failure) tellDevices();
      putReadings(readings);
      if (due - listedAt >= (isWatched ? listWatchedMs : listMs)) await list(due - earlyMs);
    } catch (error) {
      looksAt = clock.monotonicMs() + lookMs;
      fail({ kind: 'error', detail: error instanceof Error ? error.message : String(error) });
    }
  };

  const list = async (at: number): Promise<void> => {
    const processes: ReadonlyMap<string, DeviceProcess[]> = await ask(() => probe.processes());
    if (failure) tellDevices();
    listedAt = at;
    tell({ kind: 'processes', at: clock.now(), processes: [...processes] });
  };

  const checkSilence = (since: number): void => {
    const silentForMs = clock.monotonicMs() - since;
    const toldMs = failure?.kind === 'silent' ? failure.seconds * 1000 : 0;
    const isNews = toldMs === 0 ? silentForMs + earlyMs >= silentMs : silentForMs >= toldMs + silentAgainMs;
    if (isNews) fail({ kind: 'silent', seconds: Math.round(silentForMs / 1000) });
  };

  return {
    tick(isWatched) {
      if (openSince !== undefined) {
        checkSilence(openSince);
        return undefined;
      }
      const mayMeasure = devices.length > 0 && failure?.kind !== 'error';
      if (!mayMeasure && clock.monotonicMs() + earlyMs < looksAt) return undefined;
      return round(isWatched);
    },
    isActive: () => openSince !== undefined || failure !== undefined || devices.length > 0,
    looksAtMs: () => looksAt,
  };
};
