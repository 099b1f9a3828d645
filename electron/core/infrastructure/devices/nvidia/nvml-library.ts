import type { LibraryHandle } from 'koffi';
import { isSuccess, nvmlCode } from './nvml-codes.ts';

/** NVML's own handle of a device. */
export type NvmlDevice = bigint;

export interface NvmlProcess {
  readonly pid: number;
  /** Absent where the driver does not tell, as under Windows' own driver model. */
  readonly memoryBytes?: number;
}

/** Values of 32 bits by the name of their call. */
export type NumberField =
  | 'nvmlDeviceGetPowerUsage'
  | 'nvmlDeviceGetEnforcedPowerLimit'
  | 'nvmlDeviceGetFanSpeed'
  | 'nvmlDeviceGetPersistenceMode'
  | 'nvmlDeviceGetMinorNumber'
  | 'nvmlDeviceGetMaxMigDeviceCount'
  | 'nvmlDeviceGetGpuInstanceId'
  | 'nvmlDeviceGetComputeInstanceId';
export type SelectedField = 'nvmlDeviceGetTemperature' | 'nvmlDeviceGetClockInfo';
export type BigField = 'nvmlDeviceGetTotalEnergyConsumption' | 'nvmlDeviceGetCurrentClocksThrottleReasons';
export type TextField = 'nvmlDeviceGetName' | 'nvmlDeviceGetUUID';

/**
 * NVIDIA's management library. What this driver or device cannot tell is undefined; a device that is lost and a driver that is gone are
 * thrown (nvml-codes.ts).
 */
export interface NvmlLibrary {
  init(): void;
  shutdown(): void;
  driverVersion(): string | undefined;
  /** 12040 is CUDA 12.4. */
  cudaVersion(): number | undefined;
  deviceCount(): number;
  device(index: number): NvmlDevice | undefined;
  migDevice(parent: NvmlDevice, index: number): NvmlDevice | undefined;
  text(field: TextField, device: NvmlDevice): string | undefined;
  number(field: NumberField, device: NvmlDevice): number | undefined;
  selected(field: SelectedField, device: NvmlDevice, selector: number): number | undefined;
  big(field: BigField, device: NvmlDevice): bigint | undefined;
  /** `0000:3b:00.0` */
  busAddress(device: NvmlDevice): string | undefined;
  memory(device: NvmlDevice): { readonly totalBytes: number; readonly freeBytes: number } | undefined;
  utilization(device: NvmlDevice): { readonly gpu: number; readonly memory: number } | undefined;
  uncorrectedErrors(device: NvmlDevice): number | undefined;
  /** Programs that compute or draw on it, each once. */
  processes(device: NvmlDevice): NvmlProcess[];
  /** Nothing may be called after it. */
  unload(): void;
}

/** Undefined where the library is not there or is not for this kind of program. */
export const loadNvml = async (platform: NodeJS.Platform): Promise<NvmlLibrary | undefined> => {
  const { default: koffi } = await import('koffi');
  let library: LibraryHandle;
  try {
    library = koffi.load(platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1', { lazy: true });
  } catch {
    return undefined;
  }
  return bindNvml(library);
};

type Call = (...values: unknown[]) => number;
const textBytes = 96;
/** What stands for "not available" in a 64-bit field. */
const notAvailable = 0xffff_ffff_ffff_ffffn;

const bindNvml = (library: LibraryHandle): NvmlLibrary => {
  const calls = new Map<string, Call | undefined>();
  // Handles and places for answers are all pointers to NVML; a call that this driver does not have answers like one it does not support.
  const bind = (name: string, types: readonly string[]): Call | undefined => {
    if (!calls.has(name)) calls.set(name, findCall(library, name, types));
    return calls.get(name);
  };
  const ask = (name: string, types: readonly string[], ...values: unknown[]): boolean => {
    const call = bind(name, types);
    return call !== undefined && isSuccess(call(...values));
  };
  // One place for every answer: calls are made one after another.
  const out = Buffer.alloc(512);
  const readText = (): string => out.toString('utf8', 0, out.indexOf(0));
  const newest = (names: readonly string[], types: readonly string[]): Call | undefined => {
    for (const name of names) {
      const call = bind(name, types);
      if (call) return call;
    }
    return undefined;
  };
  const lists = createProcessLists(bind);

  return {
    init() {
      const call = newest(['nvmlInit_v2', 'nvmlInit'], []);
      const code = call ? call() : nvmlCode.libraryNotFound;
      // Whatever keeps it from starting concerns all devices.
      if (!isSuccess(code)) throw new Error(`NVML does not start: error ${code}`);
    },
    shutdown: () => void bind('nvmlShutdown', [])?.(),
    driverVersion: () => (ask('nvmlSystemGetDriverVersion', ['void *', 'uint'], out, textBytes) ? readText() : undefined),
    cudaVersion: () => {
      const call = newest(['nvmlSystemGetCudaDriverVersion_v2', 'nvmlSystemGetCudaDriverVersion'], ['void *']);
      return call && isSuccess(call(out)) ? out.readInt32LE() : undefined;
    },
    deviceCount: () => {
      const code = bind('nvmlDeviceGetCount_v2', ['void *'])?.(out) ?? nvmlCode.libraryNotFound;
      if (!isSuccess(code)) throw new Error(`NVML does not count its devices: error ${code}`);
      return out.readUInt32LE();
    },
    device: (index) => (ask('nvmlDeviceGetHandleByIndex_v2', ['uint', 'void *'], index, out) ? out.readBigUInt64LE() : undefined),
    migDevice: (parent, index) =>
      ask('nvmlDeviceGetMigDeviceHandleByIndex', ['void *', 'uint', 'void *'], parent, index, out) ? out.readBigUInt64LE() : undefined,
    text: (field, device) => (ask(field, ['void *', 'void *', 'uint'], device, out, textBytes) ? readText() : undefined),
    number: (field, device) => (ask(field, ['void *', 'void *'], device, out) ? out.readUInt32LE() : undefined),
    selected: (field, device, selector) =>
      ask(field, ['void *', 'uint', 'void *'], device, selector, out) ? out.readUInt32LE() : undefined,
    big: (field, device) => (ask(field, ['void *', 'void *'], device, out) ? out.readBigUInt64LE() : undefined),
    busAddress: (device) => (ask('nvmlDeviceGetPciInfo_v3', ['void *', 'void *'], device, out) ? readBusAddress(out) : undefined),
    memory: (device) =>
      ask('nvmlDeviceGetMemoryInfo', ['void *', 'void *'], device, out)
        ? { totalBytes: Number(out.readBigUInt64LE(0)), freeBytes: Number(out.readBigUInt64LE(8)) }
        : undefined,
    utilization: (device) =>
      ask('nvmlDeviceGetUtilizationRates', ['void *', 'void *'], device, out)
        ? { gpu: out.readUInt32LE(0), memory: out.readUInt32LE(4) }
        : undefined,
    uncorrectedErrors: (device) => {
      // Errors of the second kind (uncorrected), counted since the driver was loaded.
      const isKnown = ask('nvmlDeviceGetTotalEccErrors', ['void *', 'uint', 'uint', 'void *'], device, 1, 0, out);
      return isKnown ? Number(out.readBigUInt64LE()) : undefined;
    },
    processes: (device) => lists(device),
    unload: () => library.unload(),
  };
};

const findCall = (library: LibraryHandle, name: string, types: readonly string[]): Call | undefined => {
  try {
    // All calls used here answer with a code.
    return library.func(name, 'int', [...types]) as unknown as Call;
  } catch {
    return undefined;
  }
};

/** nvmlPciInfo_t begins with 16 bytes of an older form of the address, then domain, bus and device as numbers. */
const readBusAddress = (info: Buffer): string => {
  const hex = (offset: number, length: number): string => info.readUInt32LE(offset).toString(16).padStart(length, '0');
  return `${hex(16, 4)}:${hex(20, 2)}:${hex(24, 2)}.0`;
};

interface ListCall {
  readonly call: Call;
  readonly entryBytes: number;
}

/** The same program may both compute and draw, and then has the same memory in each list. */
const createProcessLists = (bind: (name: string, types: readonly string[]) => Call | undefined): NvmlLibrary['processes'] => {
  const types = ['void *', 'void *', 'void *'];
  /** The newest form of a list; the first form had shorter entries. */
  const find = (name: string): ListCall[] => {
    const call = bind(`${name}_v3`, types) ?? bind(`${name}_v2`, types);
    if (call) return [{ call, entryBytes: 24 }];
    const first = bind(name, types);
    return first ? [{ call: first, entryBytes: 16 }] : [];
  };
  let calls: readonly ListCall[] | undefined;
  let entries = Buffer.alloc(24 * 128);
  const count = Buffer.alloc(4);

  const readList = ({ call, entryBytes }: ListCall, device: NvmlDevice): NvmlProcess[] => {
    for (;;) {
      const room = Math.floor(entries.length / entryBytes);
      count.writeUInt32LE(room);
      const code = call(device, count, entries);
      if (code !== nvmlCode.insufficientSize) return isSuccess(code) ? parseProcesses(entries, count.readUInt32LE(), entryBytes) : [];
      // Some more than it says, because programs start meanwhile.
      entries = Buffer.alloc((Math.max(room, count.readUInt32LE()) + 64) * entryBytes);
    }
  };

  return (device) => {
    calls ??= [
      'nvmlDeviceGetComputeRunningProcesses',
      'nvmlDeviceGetGraphicsRunningProcesses',
      'nvmlDeviceGetMPSComputeRunningProcesses',
    ].flatMap(find);
    const byPid = new Map<number, NvmlProcess>();
    for (const process of calls.flatMap((call) => readList(call, device))) {
      const known = byPid.get(process.pid);
      if ((known?.memoryBytes ?? -1) < (process.memoryBytes ?? 0)) byPid.set(process.pid, process);
    }
    return [...byPid.values()];
  };
};

/** An entry begins with the pid, four empty bytes, and the memory as 64 bits. */
const parseProcesses = (entries: Buffer, count: number, entryBytes: number): NvmlProcess[] =>
  Array.from({ length: count }, (_, index) => {
    const memory = entries.readBigUInt64LE(index * entryBytes + 8);
    const pid = entries.readUInt32LE(index * entryBytes);
    return memory === notAvailable ? { pid } : { pid, memoryBytes: Number(memory) };
  });
