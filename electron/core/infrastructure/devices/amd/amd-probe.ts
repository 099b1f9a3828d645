import type { DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import type { ClientLoad } from '../sysfs/client-load.ts';
import { findDrmCards, type DrmCard } from '../sysfs/drm-cards.ts';
import { findHwmon, findSensor } from '../sysfs/hwmon.ts';
import type { NodeOwner } from '../sysfs/node-users.ts';
import { describeDriver } from '../sysfs/pci.ts';
import type { SystemFolder } from '../sysfs/system-folder.ts';
import { createSystemProbe, type SystemDevice } from '../sysfs/system-probe.ts';
import type { System } from '../sysfs/system.ts';
import { parseCurrentMhz, parseErrorCount, parseUuid } from './amd-files.ts';

/** AMD graphics processors through the files of amdgpu. */
export const createAmdProbe = (system: System): AcceleratorProbe =>
  createSystemProbe({
    name: 'amdgpu',
    users: system.users,
    find: () => findDrmCards(system.sys, ['amdgpu'], '1002').map((card) => describeCard(system, card)),
  });

const describeCard = (system: System, card: DrmCard): SystemDevice => {
  const hwmon = findHwmon(card.device, 'amdgpu');
  const temperature = hwmon && findSensor(hwmon, 'temp', ['edge', 'junction']);
  const found = describeDevice(system, card, hwmon);
  const owner: NodeOwner = { nodes: [...card.nodes, card.cardNode], ...(card.pci === undefined ? {} : { pci: card.pci }) };
  const read = (): DeviceReading => {
    // Reading its sensors would wake a card that sleeps, and keep it awake: it is idle, and that is all there is to tell.
    if (card.device.read('power/runtime_status') === 'suspended') return { utilization: 0 };
    const reading = readCard(card.device, hwmon, temperature);
    if (reading.utilization !== undefined) return reading;
    // Some chips, and cards lent to a virtual machine, have no such file.
    return { ...reading, ...pickLoad(system.clientLoad(card.path, owner)) };
  };
  return { found, folder: card.device, owner, read };
};

const pickLoad = ({ utilization }: ClientLoad): DeviceReading => (utilization === undefined ? {} : { utilization });

const describeDevice = (system: System, card: DrmCard, hwmon: SystemFolder | undefined): FoundDevice => {
  const { device, pci } = card;
  const uuid = parseUuid(device.read('unique_id'));
  return present<FoundDevice>({
    key: uuid ?? pci ?? card.path,
    kind: 'gpu',
    name: device.read('product_name') ?? system.nameDevice('AMD', 'GPU', card),
    vendor: 'AMD',
    uuid,
    pci,
    driver: describeDriver(card.driver, system),
    memoryTotalBytes: positive(device.number('mem_info_vram_total')),
    powerLimitW: scaled(hwmon?.number('power1_cap'), 1e-6),
    providers: [],
    // All AMD cards share one node for computing.
    nodes: [...card.nodes, ...(system.sys.exists('class/kfd/kfd') ? ['/dev/kfd'] : [])],
  });
};

const readCard = (device: SystemFolder, hwmon: SystemFolder | undefined, temperature: string | undefined): DeviceReading => {
  const pwm = hwmon?.number('pwm1');
  return present<DeviceReading>({
    utilization: percent(device.number('gpu_busy_percent')),
    memoryUsedBytes: device.number('mem_info_vram_used'),
    memoryUtilization: percent(device.number('mem_busy_percent')),
    // Newer chips give the present power only, older ones the mean.
    powerW: scaled(hwmon?.number('power1_average') ?? hwmon?.number('power1_input'), 1e-6),
    temperatureC: temperature === undefined ? undefined : scaled(hwmon?.number(`${temperature}_input`), 1e-3),
    frequencyMhz: scaled(hwmon?.number('freq1_input'), 1e-6) ?? parseCurrentMhz(device.read('pp_dpm_sclk')),
    memoryFrequencyMhz: scaled(hwmon?.number('freq2_input'), 1e-6) ?? parseCurrentMhz(device.read('pp_dpm_mclk')),
    eccErrors: parseErrorCount(device.read('ras/umc_err_count')),
    fanPercent: pwm === undefined ? undefined : (pwm / (hwmon?.number('pwm1_max') ?? 255)) * 100,
  });
};

const scaled = (value: number | undefined, factor: number): number | undefined => (value === undefined ? undefined : value * factor);

const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? value : undefined);

const percent = (value: number | undefined): number | undefined => (value !== undefined && value >= 0 && value <= 100 ? value : undefined);
