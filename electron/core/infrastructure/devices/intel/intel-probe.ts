import type { DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import { findDrmCards, type DrmCard } from '../sysfs/drm-cards.ts';
import { findHwmon, findSensor } from '../sysfs/hwmon.ts';
import type { NodeOwner } from '../sysfs/node-users.ts';
import { describeDriver } from '../sysfs/pci.ts';
import type { SystemFolder } from '../sysfs/system-folder.ts';
import { createSystemProbe, type SystemDevice } from '../sysfs/system-probe.ts';
import type { System } from '../sysfs/system.ts';
import { createIntelFiles } from './intel-files.ts';

/** Intel graphics processors through the files of xe and i915. */
export const createIntelProbe = (system: System): AcceleratorProbe =>
  createSystemProbe({
    name: 'intel',
    users: system.users,
    find: () => findDrmCards(system.sys, ['xe', 'i915'], '8086').map((card) => describeCard(system, card)),
  });

const describeCard = (system: System, card: DrmCard): SystemDevice => {
  const hwmon = findHwmon(card.device, card.driver ?? 'xe');
  const found = describeDevice(system, card, hwmon);
  const owner: NodeOwner = { nodes: [...card.nodes, card.cardNode], ...(card.pci === undefined ? {} : { pci: card.pci }) };
  return {
    found,
    folder: card.device,
    owner,
    // Reading its sensors would wake a card that sleeps.
    read: () =>
      card.device.read('power/runtime_status') === 'suspended'
        ? { utilization: 0 }
        : { ...readFiles(system, card, found.key, hwmon), ...readClients(system, card, found, owner) },
  };
};

const describeDevice = (system: System, card: DrmCard, hwmon: SystemFolder | undefined): FoundDevice => {
  // A limit that is switched off is 0.
  const limit = ['power1_max', 'power1_cap', 'power1_rated_max'].map((file) => hwmon?.number(file) ?? 0).find((value) => value > 0);
  return present<FoundDevice>({
    key: card.pci ?? card.path,
    kind: 'gpu',
    name: system.nameDevice('Intel', 'GPU', card),
    vendor: 'Intel',
    pci: card.pci,
    driver: describeDriver(card.driver, system),
    memoryTotalBytes: createIntelFiles(card).memoryTotalBytes(),
    powerLimitW: limit === undefined ? undefined : limit / 1e6,
    providers: [],
    nodes: [...card.nodes],
  });
};

const readFiles = (system: System, card: DrmCard, key: string, hwmon: SystemFolder | undefined): DeviceReading => {
  const energy = hwmon && findSensor(hwmon, 'energy', ['card', 'pkg']);
  const temperature = hwmon && findSensor(hwmon, 'temp', ['pkg']);
  const microjoules = energy === undefined ? undefined : hwmon?.number(`${energy}_input`);
  const microwatts = system.rates.perSecond(`${key} energy`, microjoules);
  const millidegrees = temperature === undefined ? undefined : hwmon?.number(`${temperature}_input`);
  return present<DeviceReading>({
    powerW: microwatts === undefined ? undefined : microwatts / 1e6,
    energyJ: microjoules === undefined ? undefined : microjoules / 1e6,
    temperatureC: millidegrees === undefined ? undefined : millidegrees / 1000,
    frequencyMhz: createIntelFiles(card).frequencyMhz(),
  });
};

/**
 * Neither driver has a file for load or used memory: both are what the clients tell. Where some processes are closed to us and none
 * of the others uses the card, the time that it was awake stands in for its load, and nothing is known of its memory.
 */
const readClients = (system: System, card: DrmCard, found: FoundDevice, owner: NodeOwner): DeviceReading => {
  const { utilization, memoryBytes, isVisible } = system.clientLoad(found.key, owner);
  const idleMsPerSecond = system.rates.perSecond(`${found.key} idle`, createIntelFiles(card).idleMs());
  return present<DeviceReading>({
    utilization: isVisible ? utilization : awakePercent(idleMsPerSecond),
    memoryUsedBytes: isVisible && found.memoryTotalBytes !== undefined ? memoryBytes : undefined,
  });
};

const awakePercent = (idleMsPerSecond: number | undefined): number | undefined =>
  idleMsPerSecond === undefined ? undefined : Math.min(100, Math.max(0, 100 - idleMsPerSecond / 10));
