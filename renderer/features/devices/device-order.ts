import type { DeviceState } from '../../../shared/contract/devices.ts';

type Ordered = Pick<DeviceState, 'id' | 'kind' | 'parent'>;

const kinds: readonly DeviceState['kind'][] = ['cpu', 'gpu', 'npu', 'fpga'];
const byName = new Intl.Collator('en', { numeric: true });

/** Devices by kind and number, gpu2 before gpu10, each followed by its shares. A share whose device has gone stands by itself. */
export const orderDevices = <Device extends Ordered>(devices: readonly Device[]): readonly Device[] => {
  const ids = new Set(devices.map(({ id }) => id));
  const sorted = devices.toSorted((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || byName.compare(one.id, other.id));
  const below = (id: string): readonly Device[] =>
    sorted.filter(({ parent }) => parent === id).flatMap((share) => [share, ...below(share.id)]);
  return sorted.filter(({ parent }) => parent === undefined || !ids.has(parent)).flatMap((device) => [device, ...below(device.id)]);
};

/** The shares of one device. */
export const sharesOf = <Device extends Ordered>(devices: readonly Device[], id: string): readonly Device[] =>
  orderDevices(devices).filter(({ parent }) => parent === id);
