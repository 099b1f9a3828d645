import type { DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import { processesOf, usersOf, type NodeOwner, type NodeUsers } from './node-users.ts';
import type { SystemFolder } from './system-folder.ts';

/** A device with the way to measure it. */
export interface SystemDevice {
  readonly found: FoundDevice;
  /** Gone when the device is. */
  readonly folder: SystemFolder;
  /** Files under /dev by which its users are known. */
  readonly owner: NodeOwner;
  read(): DeviceReading | { error: string };
}

export interface SystemProbeOptions {
  readonly name: string;
  /** Looks at all devices anew: a card that came back is another folder, and its sensors may come later than the card. */
  readonly find: () => SystemDevice[];
  readonly users: NodeUsers;
}

/** A probe of devices that the kernel describes in sysfs. */
export const createSystemProbe = ({ name, find, users }: SystemProbeOptions): AcceleratorProbe => {
  let devices: readonly SystemDevice[] = [];
  const answer = <T>(ask: (device: SystemDevice) => T): Map<string, T> => new Map(devices.map((device) => [device.found.key, ask(device)]));

  return {
    name,
    discover: () => {
      devices = giveOwnKeys(find());
      return Promise.resolve(devices.map(({ found }) => found));
    },
    sample: () =>
      Promise.resolve(answer((device) => (device.folder.exists('') ? device.read() : { error: 'the device is no longer there' }))),
    processes: () => {
      // Looking through all processes is the most costly thing here, and is for nothing where there is no device.
      if (devices.length === 0) return Promise.resolve(new Map());
      const all = users.scan().users;
      return Promise.resolve(answer(({ owner }) => processesOf(usersOf(all, owner), users.nameOf)));
    },
    close: () => {
      devices = [];
    },
  };
};

/** Copies of one card in a virtual machine may all have its number; then each is known by its place on the bus. */
const giveOwnKeys = (devices: readonly SystemDevice[]): SystemDevice[] =>
  devices.map((device) => {
    const { key, pci } = device.found;
    const isShared = devices.some((other) => other !== device && other.found.key === key);
    return isShared && pci !== undefined ? { ...device, found: { ...device.found, key: pci } } : device;
  });
