import type { Device } from '../../../../shared/model/device.ts';
import type { PredictableJob } from './work-of.ts';

/** The first that a waiting job may have: devices are found in the same order each time, and equal ones take as long. */
export const likelyDevice = ({ spec, demand }: PredictableJob, devices: readonly Device[]): string | undefined => {
  const { on } = spec.resources;
  const possible = namedIn(
    devices.filter(({ kind }) => kind === (demand.device?.kind ?? 'cpu')),
    on,
  );
  if (!demand.device) return possible.find(({ parent }) => parent === undefined || on !== undefined)?.id;
  const likely = possible.slice(0, demand.device.count).map(({ id }) => id);
  return likely.toSorted().join('+') || undefined;
};

/** Each of which a waiting job may have alone; one that needs several of them is foreseen on the likely ones only. */
export const possibleDevices = ({ spec, demand }: PredictableJob, devices: readonly Device[]): readonly Device[] => {
  if (demand.device && demand.device.count > 1) return [];
  return namedIn(
    devices.filter(({ kind }) => kind === (demand.device?.kind ?? 'cpu')),
    spec.resources.on,
  );
};

/** Those that are named, else all. */
const namedIn = (devices: readonly Device[], on: readonly string[] | undefined): readonly Device[] => {
  const chosen = devices.filter(({ id }) => on?.includes(id));
  return chosen.length > 0 ? chosen : devices;
};
