import type { DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';
import type { FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import type { SystemFolder } from '../sysfs/system-folder.ts';
import { nvmlCode, NvmlDeviceError, NvmlDriverError } from './nvml-codes.ts';
import { deviceFacts, migFacts } from './nvml-facts.ts';
import type { NvmlDevice, NvmlLibrary } from './nvml-library.ts';
import { throttleReasons } from './throttle-reasons.ts';

/** What AcceleratorProbe asks for, answered at once: NVML's calls block whoever makes them. */
export interface NvmlReader {
  discover(): FoundDevice[];
  sample(): Map<string, DeviceReading | { error: string }>;
  processes(): Map<string, DeviceProcess[]>;
  close(): void;
}

interface Known {
  readonly device: NvmlDevice;
  readonly found: FoundDevice;
}

/** Reads all devices of NVIDIA's driver; starts NVML again after the driver has gone. */
export const createNvmlReader = (library: NvmlLibrary, proc: SystemFolder): NvmlReader => {
  let known: readonly Known[] = [];
  let isOpen = false;
  let hasFound = false;
  let names = new Map<number, string | undefined>();

  const open = (): boolean => {
    if (isOpen) return true;
    try {
      library.init();
      isOpen = true;
    } catch (error) {
      // A library without its driver, on a machine that never had such a device, is no failure.
      if (!hasFound && error instanceof NvmlDriverError && error.code === nvmlCode.driverNotLoaded) return false;
      throw error;
    }
    return isOpen;
  };

  const close = (): void => {
    if (isOpen) library.shutdown();
    isOpen = false;
  };

  /** A driver that has gone needs a new start, which the next look at the devices makes. */
  const whileDriverAnswers = <Answer>(read: () => Answer): Answer => {
    if (!isOpen) throw new NvmlDriverError(nvmlCode.driverNotLoaded);
    try {
      return read();
    } catch (error) {
      close();
      throw error;
    }
  };

  const nameOf = (pid: number): string | undefined => (names.has(pid) ? names.get(pid) : proc.read(`${pid}/comm`));

  return {
    discover() {
      if (!open()) return [];
      known = whileDriverAnswers(() => findDevices(library, proc, known));
      hasFound ||= known.length > 0;
      return known.map(({ found }) => found);
    },
    sample: () => whileDriverAnswers(() => new Map(known.map(({ device, found }) => [found.key, readDevice(library, device, found)]))),
    processes: () => {
      const lists = whileDriverAnswers(
        () => new Map(known.map(({ device, found }) => [found.key, ofDevice(() => library.processes(device)) ?? []])),
      );
      names = new Map([...lists.values()].flat().map(({ pid }) => [pid, nameOf(pid)]));
      const named = (pid: number): { name?: string } => present({ name: names.get(pid) });
      return new Map([...lists].map(([key, list]) => [key, list.map((process) => ({ ...process, ...named(process.pid) }))]));
    },
    close,
  };
};

/** Undefined for a device that is lost. */
const ofDevice = <Answer>(read: () => Answer): Answer | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof NvmlDeviceError) return undefined;
    throw error;
  }
};

const findDevices = (library: NvmlLibrary, proc: SystemFolder, before: readonly Known[]): Known[] => {
  const driver = library.driverVersion();
  const cuda = library.cudaVersion();
  const common = present<{ driver?: string; runtime?: string }>({
    driver,
    runtime: cuda === undefined ? undefined : `CUDA ${Math.floor(cuda / 1000)}.${Math.floor((cuda % 1000) / 10)}`,
  });
  const count = library.deviceCount();
  const found: Known[] = [];
  let lost = 0;
  for (let index = 0; index < count; index += 1) {
    const own = ofDevice(() => findDevice(library, proc, index, common));
    if (own) found.push(...own);
    else lost += 1;
  }
  // A lost device cannot say who it is, but still counts: it is one of those that were there before.
  const keys = new Set(found.map(({ found: { key } }) => key));
  const missing = before.filter(({ found: { key, parentKey } }) => parentKey === undefined && !keys.has(key)).slice(0, lost);
  return [...found, ...missing];
};

/** A device and its MIG instances; undefined where it may not be used by us. */
const findDevice = (
  library: NvmlLibrary,
  proc: SystemFolder,
  index: number,
  common: { driver?: string; runtime?: string },
): Known[] | undefined => {
  const device = library.device(index);
  if (device === undefined) return [];
  const found: FoundDevice = { ...deviceFacts(library, device, index), ...common };
  const places = library.number('nvmlDeviceGetMaxMigDeviceCount', device) ?? 0;
  const instances: Known[] = [];
  for (let place = 0; place < places; place += 1) {
    const instance = library.migDevice(device, place);
    if (instance !== undefined) instances.push({ device: instance, found: migFacts(library, proc, instance, found, place) });
  }
  return [{ device, found }, ...instances];
};

const readDevice = (library: NvmlLibrary, device: NvmlDevice, found: FoundDevice): DeviceReading | { error: string } => {
  try {
    return found.parentKey === undefined
      ? readGpu(library, device)
      : present<DeviceReading>({ memoryUsedBytes: usedBytes(library, device) });
  } catch (error) {
    if (error instanceof NvmlDeviceError) return { error: error.message };
    throw error;
  }
};

/** What the driver keeps for itself counts as used: no program can have it. */
const usedBytes = (library: NvmlLibrary, device: NvmlDevice): number | undefined => {
  const memory = library.memory(device);
  return memory && memory.totalBytes - memory.freeBytes;
};

/** NVML counts in milliwatts and millijoules. */
const thousandth = (value: number | bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value) / 1000);

const readGpu = (library: NvmlLibrary, device: NvmlDevice): DeviceReading => {
  const load = library.utilization(device);
  const throttle = library.big('nvmlDeviceGetCurrentClocksThrottleReasons', device);
  return present<DeviceReading>({
    utilization: load?.gpu,
    memoryUsedBytes: usedBytes(library, device),
    memoryUtilization: load?.memory,
    powerW: thousandth(library.number('nvmlDeviceGetPowerUsage', device)),
    energyJ: thousandth(library.big('nvmlDeviceGetTotalEnergyConsumption', device)),
    temperatureC: library.selected('nvmlDeviceGetTemperature', device, 0),
    frequencyMhz: library.selected('nvmlDeviceGetClockInfo', device, 0),
    memoryFrequencyMhz: library.selected('nvmlDeviceGetClockInfo', device, 2),
    throttled: throttle === undefined ? undefined : throttleReasons(throttle),
    eccErrors: library.uncorrectedErrors(device),
    fanPercent: library.number('nvmlDeviceGetFanSpeed', device),
  });
};
