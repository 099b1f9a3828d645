import type { FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import type { SystemFolder } from '../sysfs/system-folder.ts';
import type { NvmlDevice, NvmlLibrary } from './nvml-library.ts';

/** Files that a program needs for any device of NVIDIA, beside the device's own. */
export const commonNodes: readonly string[] = ['/dev/nvidiactl', '/dev/nvidia-uvm'];

export const nodesOf = (minor: number | undefined): string[] | undefined =>
  minor === undefined || process.platform === 'win32' ? undefined : [`/dev/nvidia${minor}`, ...commonNodes];

/** What a GPU is; `index` is NVML's own and names one that has neither uuid nor address. */
export const deviceFacts = (library: NvmlLibrary, device: NvmlDevice, index: number): FoundDevice => {
  const uuid = library.text('nvmlDeviceGetUUID', device);
  const pci = library.busAddress(device);
  const limit = library.number('nvmlDeviceGetEnforcedPowerLimit', device);
  return present<FoundDevice>({
    key: uuid ?? pci ?? `nvml-${index}`,
    kind: 'gpu',
    name: library.text('nvmlDeviceGetName', device) ?? 'NVIDIA GPU',
    vendor: 'NVIDIA',
    uuid,
    pci,
    memoryTotalBytes: library.memory(device)?.totalBytes || undefined,
    powerLimitW: limit === undefined ? undefined : limit / 1000,
    providers: [],
    nodes: nodesOf(library.number('nvmlDeviceGetMinorNumber', device)),
    advice: library.number('nvmlDeviceGetPersistenceMode', device) === 0 ? ['persistence-mode-off'] : undefined,
  });
};

/** A hardware partition of a GPU, which programs name by its uuid. */
export const migFacts = (
  library: NvmlLibrary,
  proc: SystemFolder,
  instance: NvmlDevice,
  parent: FoundDevice,
  place: number,
): FoundDevice => {
  const uuid = library.text('nvmlDeviceGetUUID', instance);
  const { key: parentKey, vendor, pci, driver, runtime, nodes = [] } = parent;
  return present<FoundDevice>({
    key: uuid ?? `${parentKey}/mig-${place}`,
    parentKey,
    kind: 'gpu',
    name: library.text('nvmlDeviceGetName', instance) ?? `${parent.name} MIG`,
    vendor,
    uuid,
    pci,
    driver,
    runtime,
    memoryTotalBytes: library.memory(instance)?.totalBytes || undefined,
    providers: [],
    nodes: nodes.length === 0 ? undefined : [...nodes, ...capabilityNodes(library, proc, instance, nodes[0] ?? '')],
  });
};

/** Each MIG instance is guarded by two files whose numbers the driver tells in procfs. */
const capabilityNodes = (library: NvmlLibrary, proc: SystemFolder, instance: NvmlDevice, gpuNode: string): string[] => {
  const gpuInstance = library.number('nvmlDeviceGetGpuInstanceId', instance);
  const computeInstance = library.number('nvmlDeviceGetComputeInstanceId', instance);
  const folder = `driver/nvidia/capabilities/${gpuNode.replace('/dev/nvidia', 'gpu')}/mig/gi${gpuInstance}`;
  return [`${folder}/access`, `${folder}/ci${computeInstance}/access`].flatMap((file) => {
    const minor = parseCapabilityMinor(proc.read(file) ?? '');
    return minor === undefined ? [] : [`/dev/nvidia-caps/nvidia-cap${minor}`];
  });
};

export const parseCapabilityMinor = (text: string): number | undefined => {
  const [, minor] = /^DeviceFileMinor:\s*(\d+)$/m.exec(text) ?? [];
  return minor === undefined ? undefined : Number(minor);
};
