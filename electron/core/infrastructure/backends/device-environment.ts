import type { Device } from '../../../../shared/model/device.ts';
import type { Placement } from '../../../../shared/model/job.ts';

/*
 * The variables by which the drivers' libraries and programs learn what they may use. A job that was granted nothing is shown nothing,
 * so that it cannot take a device unasked. They are a matter of good behaviour, not a wall: a program that sets them anew sees every
 * device whose files it may open.
 */

interface Granted {
  /** The granted devices, shares included. */
  readonly accelerators?: readonly Device[];
  readonly placement: Pick<Placement, 'accelerators'>;
  /** All devices of the machine: a share is reached by the address of the device it is part of. */
  readonly machine?: readonly Device[];
}

/** What the libraries of GPU makers are shown. Pure. */
export const deviceEnvironment = (granted: Granted): { [name: string]: string } => {
  const { accelerators = [] } = granted;
  const machine = granted.machine ?? accelerators;
  const roots = unique(accelerators.map((device) => hardwareOf(device, machine)));
  const given = (granted.placement.accelerators ?? []).map(({ memoryBytes }) => String(memoryBytes ?? ''));
  return {
    ...nvidiaEnvironment(roots.filter((device) => isOf(device, 'nvidia'))),
    ...amdEnvironment(roots.filter((device) => isOf(device, 'amd'))),
    ...intelEnvironment(
      roots.filter((device) => isOf(device, 'intel')),
      machine,
    ),
    ...(accelerators.length > 0 && {
      SWITCHYARD_DEVICES: accelerators.map(({ id }) => id).join(','),
      SWITCHYARD_DEVICE_NODES: unique(accelerators.flatMap((device) => device.nodes ?? hardwareOf(device, machine).nodes ?? [])).join(','),
      // Bytes of each, in the same order; empty where it has the whole device.
      SWITCHYARD_DEVICE_MEMORY: given.join(','),
    }),
  };
};

/** As many threads as cores were granted, for the libraries that would otherwise start one for each core of the machine. */
export const threadEnvironment = (cores: number): { [name: string]: string } => {
  const threads = String(Math.max(1, Math.floor(cores)));
  return { OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads };
};

/** The device that drivers know: a part made by the hardware has an address of its own, one made by Switchyard has not. */
export const hardwareOf = (device: Device, machine: readonly Device[]): Device => {
  const parent = machine.find(({ id }) => id === device.parent);
  const isAPartOfItsOwn = device.uuid !== undefined && device.uuid !== parent?.uuid;
  return parent && !isAPartOfItsOwn ? hardwareOf(parent, machine) : device;
};

/** By uuid, because numbers change with the order; MIG instances have uuids of their own. */
const nvidiaEnvironment = (devices: readonly Device[]): { [name: string]: string } => {
  const uuids = devices.flatMap(({ uuid }) => uuid ?? []).join(',');
  return {
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: uuids,
    NVIDIA_VISIBLE_DEVICES: uuids === '' ? 'void' : uuids,
  };
};

/** HIP counts among what ROCr lets through. Both take a number that no device has for none. */
const amdEnvironment = (devices: readonly Device[]): { [name: string]: string } => {
  const uuids = devices.flatMap(({ uuid }) => uuid ?? []);
  if (uuids.length === 0) return { ROCR_VISIBLE_DEVICES: '-1', HIP_VISIBLE_DEVICES: '-1' };
  return { ROCR_VISIBLE_DEVICES: uuids.join(','), HIP_VISIBLE_DEVICES: uuids.map((_, index) => String(index)).join(',') };
};

/**
 * Level Zero knows only numbers, here in the order of the bus; it has no word for none. What is built on it has one: its runtimes for SYCL
 * and OpenMP take every device but these, which leaves GPUs of other makers to those that were granted them.
 */
const intelEnvironment = (devices: readonly Device[], machine: readonly Device[]): { [name: string]: string } => {
  const cards = machine
    .filter((device) => device.kind === 'gpu' && isOf(device, 'intel') && hardwareOf(device, machine) === device)
    .toSorted((a, b) => ((a.pci ?? '') < (b.pci ?? '') ? -1 : 1));
  const numbers = devices.filter(({ kind }) => kind === 'gpu').map((device) => cards.indexOf(device));
  if (numbers.length === 0) return { ONEAPI_DEVICE_SELECTOR: '*:*;!level_zero:gpu;!opencl:gpu' };
  if (numbers.includes(-1)) return {};
  return { ZE_ENABLE_PCI_ID_DEVICE_ORDER: '1', ZE_AFFINITY_MASK: numbers.join(',') };
};

const isOf = ({ vendor = '' }: Device, maker: string): boolean => vendor.toLowerCase().includes(maker);

const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];
