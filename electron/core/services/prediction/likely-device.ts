import type { Device } from '../../../../shared/model/device.ts';
import { allowedDevices } from '../../allowed-devices.ts';
import type { PredictableJob } from './work-of.ts';

/** The first that a waiting job may have: devices are found in the same order each time, and equal ones take as long. */
export const likelyDevice = ({ spec, demand }: PredictableJob, devices: readonly Device[]): string | undefined => {
  const { on } = spec.resources;
  const possible = allowed({ spec, demand }, devices);
  if (!demand.device) return possible.find(({ parent }) => parent === undefined || on !== undefined)?.id;
  const likely = possible.slice(0, demand.device.count).map(({ id }) => id);
  return likely.toSorted().join('+') || undefined;
};

/** Each of which a waiting job may have alone; one that needs several of them is foreseen on the likely ones only. */
export const possibleDevices = ({ spec, demand }: PredictableJob, devices: readonly Device[]): readonly Device[] => {
  if (demand.device && demand.device.count > 1) return [];
  return allowed({ spec, demand }, devices);
};

/** Of the kind that it needs those that it names, else all, without those that it rules out. */
const allowed = ({ spec: { resources }, demand }: PredictableJob, devices: readonly Device[]): readonly Device[] => {
  const ofKind = allowedDevices(resources, devices).filter(({ kind }) => kind === (demand.device?.kind ?? 'cpu'));
  const named = ofKind.filter(({ id }) => resources.on?.includes(id));
  return named.length > 0 ? named : ofKind;
};
