import type { DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import { pathBelow } from '../sysfs/drm-cards.ts';
import { describeDriver, parseUevent, readPci } from '../sysfs/pci.ts';
import { byNumber, type SystemFolder } from '../sysfs/system-folder.ts';
import { createSystemProbe, type SystemDevice } from '../sysfs/system-probe.ts';
import type { System } from '../sysfs/system.ts';
import type { XrtReadings } from './xrt-readings.ts';

/** FPGAs: the kernel's own managers, and Xilinx boards under their runtime's driver, whose tool tells power and temperature where it is installed. */
export const createFpgaProbe = (system: System, xrt: XrtReadings): AcceleratorProbe =>
  createSystemProbe({
    name: 'fpga',
    users: system.users,
    find: () => {
      const managers = list(system.sys, 'class/fpga_manager', /^fpga\d+$/).map((name) => describeManager(system, name));
      const boards = list(system.sys, 'bus/pci/drivers/xocl', /^[\da-f]+:[\da-f]{2}:[\da-f]{2}\.\d$/i).map((address) =>
        describeBoard(system, xrt, address),
      );
      return [...managers, ...boards];
    },
  });

const list = (sys: SystemFolder, folder: string, names: RegExp): string[] =>
  sys
    .list(folder)
    .filter((name) => names.test(name))
    .sort(byNumber);

/** A board may carry several managers on one bus address, so that its path names a manager. */
const describeManager = (system: System, name: string): SystemDevice => {
  const path = `class/fpga_manager/${name}`;
  const folder = system.sys.at(path);
  const { pci, driver } = readPci(folder.at('device'));
  const node = parseUevent(folder.read('uevent') ?? '').get('DEVNAME');
  const nodes = node === undefined ? [] : [`/dev/${node}`];
  return {
    found: present<FoundDevice>({
      key: pathBelow(system.sys, `${path}/device`) ?? path,
      kind: 'fpga',
      name: folder.read('name') ?? 'FPGA',
      pci,
      driver: describeDriver(driver, system),
      providers: [],
      nodes: nodes.length === 0 ? undefined : nodes,
    }),
    folder,
    owner: { nodes },
    read: () => readManager(folder),
  };
};

/** Whoever uses an FPGA loads its own circuit, so that an empty one is as good as one that works. */
const readManager = (folder: SystemFolder): DeviceReading | { error: string } => {
  const state = folder.read('state');
  return state !== undefined && isFailed(state) ? { error: `the FPGA manager reports “${state}”` } : {};
};

/** The kernel's words: `firmware request error`, `write init error`, `write error`, `write complete error`. */
const isFailed = (state: string): boolean => state.endsWith(' error');

const describeBoard = (system: System, xrt: XrtReadings, address: string): SystemDevice => {
  const folder = system.sys.at(`bus/pci/drivers/xocl/${address}`);
  const facts = readPci(folder);
  const pci = facts.pci ?? address.toLowerCase();
  const nodes = list(folder, 'drm', /^renderD\d+$/).map((node) => `/dev/dri/${node}`);
  const rom = list(folder, '', /^rom\.u\./)[0];
  return {
    found: present<FoundDevice>({
      key: pci,
      kind: 'fpga',
      name: (rom === undefined ? undefined : folder.read(`${rom}/VBNV`)) ?? system.nameDevice('Xilinx', 'FPGA', facts),
      vendor: 'Xilinx',
      pci,
      driver: describeDriver('xocl', system),
      providers: [],
      nodes: nodes.length === 0 ? undefined : nodes,
    }),
    folder,
    owner: { nodes, pci },
    // The management side takes a board offline to reset it.
    read: (): DeviceReading | { error: string } => (folder.number('dev_offline') === 1 ? { error: 'the board is offline' } : xrt.of(pci)),
  };
};
