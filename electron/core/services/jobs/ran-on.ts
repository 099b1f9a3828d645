import type { Device } from '../../../../shared/model/device.ts';
import type { Placement, RanOn } from '../../../../shared/model/job.ts';
import type { ActiveAttempt, JobEntry, SeenOnDevice } from './job-entry.ts';

/** The processes of an attempt on a device, and what they hold together, where the driver tells. */
export interface Look {
  readonly pids: readonly number[];
  readonly bytes?: number;
}

export const lookAgain = (before: SeenOnDevice | undefined, { pids, bytes }: Look): SeenOnDevice => {
  const known = [before?.peakBytes, bytes].filter((one) => one !== undefined);
  return { pids: new Set([...(before?.pids ?? []), ...pids]), ...(known.length > 0 && { peakBytes: Math.max(...known) }) };
};

interface Witness {
  readonly devices: readonly Device[];
  /** Since the driver was loaded; undefined where it does not count. */
  energyOf(device: string): number | undefined;
}

/** What really ran: what the backend reports, and what was measured and seen from outside. Pure. */
export const ranOnOf = (
  { state, active, spec }: Pick<JobEntry, 'state' | 'active' | 'spec'>,
  reported: RanOn | undefined,
  witness: Witness,
): RanOn | undefined => {
  if (!('placement' in state)) return reported;
  const { device, deviceName, cores, fellBackFrom } = state.placement;
  const devices = devicesOf(state.placement, active, witness);
  const cpuSeconds = active?.cpuSeconds;
  return {
    ...(active?.peakBytes !== undefined && { peakMemoryBytes: active.peakBytes }),
    // A warm worker has worked for others before; it says itself how long for this one.
    ...(cpuSeconds !== undefined && spec.runtime !== 'onnx' && spec.runtime !== 'application' && { cpuSeconds }),
    ...(fellBackFrom !== undefined && { fellBackFrom }),
    ...(devices.length > 0 && { devices }),
    ...(reported ?? { device, deviceName, cores }),
  };
};

/** Those that were granted, whether it was seen there or not, and those where it was seen without a grant. */
const devicesOf = (
  { accelerators = [] }: Placement,
  active: ActiveAttempt | undefined,
  witness: Witness,
): NonNullable<RanOn['devices']> => {
  const ids = new Set([...accelerators.map(({ device }) => device), ...(active?.seenOn?.keys() ?? [])]);
  return [...ids].map((device) => {
    const seen = active?.seenOn?.get(device);
    const before = active?.energyBefore?.get(device);
    const after = before === undefined ? undefined : witness.energyOf(device);
    const deviceName = accelerators.find((one) => one.device === device)?.deviceName ?? nameOf(device, witness.devices);
    return {
      device,
      deviceName,
      pids: [...(seen?.pids ?? [])].toSorted((a, b) => a - b),
      ...(seen?.peakBytes !== undefined && { peakMemoryBytes: seen.peakBytes }),
      // A counter that has gone back was begun anew by the driver.
      ...(before !== undefined && after !== undefined && after > before && { energyJ: after - before }),
    };
  });
};

const nameOf = (id: string, devices: readonly Device[]): string => devices.find((device) => device.id === id)?.name ?? id;

/** Energy is counted for whole devices, so that it says something about a job only where it has one alone. */
export const energyBefore = ({ accelerators = [] }: Placement, { devices, energyOf }: Witness): ReadonlyMap<string, number> => {
  const counters = new Map<string, number>();
  for (const { device, memoryBytes } of accelerators) {
    const isWhole = memoryBytes === undefined && devices.find(({ id }) => id === device)?.parent === undefined;
    const energyJ = isWhole ? energyOf(device) : undefined;
    if (energyJ !== undefined) counters.set(device, energyJ);
  }
  return counters;
};
