import type { Device } from '../../../../../shared/model/device.ts';
import type { JobSpec, SplitRequest } from '../../../../../shared/model/job.ts';
import { Refusal } from '../../../lib/refusal.ts';
import type { DeviceCapacity } from '../../../scheduler-port.ts';

/** One of those that share the work of a divided job: a core of a processor or of a share of one, or another device. */
export interface PlannedPart {
  readonly device: string;
  readonly kind: DeviceCapacity['kind'];
  /** Relative to the other parts, as far as it is known before. */
  readonly speed: number;
}

export interface DivisionMachine {
  readonly capacity: { readonly devices: readonly DeviceCapacity[] };
  readonly devices: readonly Device[];
  /** What a device was measured to do; undefined for one that was not. */
  capabilityOf(device: string): { readonly gflops: number; readonly threads: number } | undefined;
}

/** More would wait for each other more than they would help. */
const mostParts = 64;

/** How a job is to be divided; undefined for one that is not. */
export const splitOf = (spec: JobSpec): SplitRequest | undefined =>
  spec.runtime === 'onnx' || spec.runtime === 'application' ? spec.split : undefined;

/** The parts of a divided job on this machine. Devices that this job's cores do not fit on, and those that are not there, have none. Pure. */
export const partsOf = (spec: JobSpec, machine: DivisionMachine): PlannedPart[] => {
  const split = splitOf(spec);
  if (!split) return [];
  const { cores } = spec.resources;
  const named = machine.capacity.devices.filter(({ id, unusable }) =>
    split.over === 'all' ? unusable === undefined : split.over.includes(id),
  );
  // Each of the others needs a core too, and must not wait for those that only have one.
  const inOrder = named.toSorted((a, b) => Number(a.kind === 'cpu') - Number(b.kind === 'cpu'));
  const places = inOrder.flatMap((device) => Array.from({ length: countOn(device, cores) }, () => device)).slice(0, mostParts);
  const speeds = speedsOf(places, machine);
  return places.map(({ id, kind }, index) => ({ device: id, kind, speed: speeds[index] ?? 1 }));
};

/** Of a processor each of the job's cores is a part, because a session computes with one thread. */
const countOn = (device: DeviceCapacity, cores: number): number => {
  if (device.kind === 'cpu') return Math.floor(device.cores / cores);
  return device.kind === 'fpga' ? 0 : 1;
};

/** As measured, where all have been, else all alike: of unlike kinds of device nothing else says how they compare. */
const speedsOf = (places: readonly DeviceCapacity[], machine: DivisionMachine): number[] => {
  const measured = places.map(({ id, kind, parent }) => {
    // A share of a processor that was not measured itself is as fast as its cores are in the whole.
    const figures = machine.capabilityOf(id) ?? (parent === undefined ? undefined : machine.capabilityOf(parent));
    return figures && (kind === 'cpu' ? figures.gflops / figures.threads : figures.gflops);
  });
  return measured.every((speed) => speed !== undefined) ? measured : places.map(() => 1);
};

/** Refuses a division that could never run, or that contradicts what else the job asks for. Pure. */
export const checkDivision = (spec: JobSpec, machine: DivisionMachine): void => {
  const split = splitOf(spec);
  if (!split) return;
  const { device, on, notOn, prefer } = spec.resources;
  if (device ?? on ?? notOn ?? prefer) throw new Refusal({ code: 'division-placed', values: {} });
  const known = machine.devices.map(({ id }) => id);
  const unknown = split.over === 'all' ? undefined : split.over.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new Refusal({ code: 'device-unknown', values: { device: unknown, known: known.join(', ') } });
  if (partsOf(spec, machine).length > 0) return;
  throw new Refusal({ code: 'division-no-device', values: { devices: split.over === 'all' ? known.join(', ') : split.over.join(', ') } });
};
