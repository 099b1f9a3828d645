import type { DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import { pathBelow } from '../sysfs/drm-cards.ts';
import type { NodeOwner } from '../sysfs/node-users.ts';
import { describeDriver, readPci } from '../sysfs/pci.ts';
import { byNumber, type SystemFolder } from '../sysfs/system-folder.ts';
import { createSystemProbe, type SystemDevice } from '../sysfs/system-probe.ts';
import type { System } from '../sysfs/system.ts';

const vendors: Readonly<Record<string, string>> = { '8086': 'Intel', '1022': 'AMD', '1002': 'AMD', '17cb': 'Qualcomm', '1da3': 'Habana' };

/**
 * Neural processors: whatever the kernel lists as a compute accelerator. Intel's driver has files that tell its load, AMD's tells
 * it of each open file. */
export const createNpuProbe = (system: System): AcceleratorProbe =>
  createSystemProbe({
    name: 'accel',
    users: system.users,
    find: () =>
      system.sys
        .list('class/accel')
        .filter((name) => /^accel\d+$/.test(name))
        .sort(byNumber)
        .map((name) => describeAccelerator(system, name)),
  });

const describeAccelerator = (system: System, name: string): SystemDevice => {
  const path = `class/accel/${name}/device`;
  const folder = system.sys.at(path);
  const facts = readPci(folder);
  const vendor = facts.vendorId === undefined ? undefined : vendors[facts.vendorId];
  const nodes = [`/dev/accel/${name}`];
  const found = present<FoundDevice>({
    key: facts.pci ?? pathBelow(system.sys, path) ?? `class/accel/${name}`,
    kind: 'npu',
    name: system.nameDevice(vendor, 'NPU', facts),
    vendor,
    pci: facts.pci,
    driver: describeDriver(facts.driver, system),
    providers: [],
    nodes,
  });
  const owner: NodeOwner = { nodes, ...(facts.pci === undefined ? {} : { pci: facts.pci }) };
  return { found, folder, owner, read: () => readAccelerator(system, found.key, folder, owner) };
};

const readAccelerator = (system: System, key: string, folder: SystemFolder, owner: NodeOwner): DeviceReading => {
  const busyUs = folder.number('npu_busy_time_us');
  const busyPerSecond = system.rates.perSecond(`${key} busy`, busyUs);
  // The driver reads its clock a little before we read ours, so that a full second may come out a little longer.
  const fromFile = busyPerSecond === undefined ? undefined : Math.min(100, busyPerSecond / 1e4);
  return present<DeviceReading>({
    utilization: busyUs === undefined ? system.clientLoad(key, owner).utilization : fromFile,
    memoryUsedBytes: folder.number('npu_memory_utilization'),
    frequencyMhz: folder.number('npu_current_frequency_mhz'),
  });
};
