import type { Nearness } from '../../../../shared/model/nearness.ts';
import { placeOf } from '../../grant-place.ts';
import type { Grant, TaskRequest } from '../../scheduler-port.ts';
import { fitsAccelerator, fitsProcessor, freeCores, freeMemory, isByMemory, tolerance, type Room } from './allocation.ts';
import { isDividedAlike, type Candidates, type DeviceIndex, type IndexedDevice } from './device-index.ts';
import { estimateAt } from './durations.ts';

/** A grant, and what decided between devices that were as good, where that was how near they are. */
export interface Placed {
  readonly grant: Grant;
  readonly near?: Nearness;
}

/** What a task may have at the moment of its start. */
export interface Choice {
  readonly task: TaskRequest;
  readonly room: Room;
  readonly candidates: Candidates;
  readonly index: DeviceIndex;
  /** Whether it counts how long the task takes on each device. */
  readonly seeksFastest: boolean;
}

/**
 * Of devices that are as good for a task as those it was granted, the nearest to what it works on: where the last of those that it waited
 * for ran, then on the same NUMA node; a processor at last on the node of the devices that the task gets. Whether it starts, and when, was
 * decided before. Pure.
 */
export const nearest = (choice: Choice, granted: Grant): Placed => {
  const { task, index } = choice;
  if (!task.inputsFrom && !granted.accelerators.some(({ device }) => index.get(device)?.numaNode !== undefined)) return { grant: granted };
  const beside = nearestAccelerators(choice, granted);
  const { device, near } = nearestProcessor(choice, beside.grant);
  const because = beside.near ?? near;
  return { grant: { ...beside.grant, device: device.id }, ...(because && { near: because }) };
};

/** One after the other, each beside the others. */
const nearestAccelerators = (choice: Choice, granted: Grant): Placed => {
  const { task, room, candidates } = choice;
  const devices = candidates.accelerators.inPreference;
  let placed: Placed = { grant: granted };
  for (const { device: id } of granted.accelerators) {
    const { grant, near } = placed;
    const others = grant.accelerators.flatMap(({ device }) => (device === id ? [] : device));
    const instead = (device: IndexedDevice): Grant => ({
      ...grant,
      accelerators: grant.accelerators.map((one) => (one.device === id ? { ...one, device: device.id } : one)),
    });
    const found = deviceIn(devices, id);
    const alike = devices.filter(
      (device) =>
        isAlike(room, device, found, task) &&
        fitsAccelerator(room, device, task.device?.memoryBytes) &&
        ![device.id, ...device.kin].some((one) => others.includes(one)) &&
        endsAsSoon(choice, granted, instead(device)),
    );
    const best = nearestOf(alike, found, (one) => nearnessOf(choice, one, []));
    const because = near ?? best.near;
    placed = { grant: instead(best.device), ...(because && { near: because }) };
  }
  return placed;
};

/** What was granted is among those that it was chosen from. */
const deviceIn = (devices: readonly IndexedDevice[], id: string): IndexedDevice => {
  const found = devices.find((device) => device.id === id);
  if (!found) throw new Error(`${id} was granted to a task that may not have it`);
  return found;
};

/** Another make may be of more use to others, and so may a device of which more is free. */
const isAlike = (room: Room, a: IndexedDevice, b: IndexedDevice, { device }: TaskRequest): boolean => {
  if (a.name !== b.name || !isDividedAlike(a, b)) return false;
  const areByMemory = [a, b].map((one) => isByMemory(one, device?.memoryBytes));
  return areByMemory[0] === areByMemory[1] && (!areByMemory[0] || freeMemory(room, a) === freeMemory(room, b));
};

const nearestProcessor = (choice: Choice, granted: Grant): Nearest => {
  const { task, room, candidates } = choice;
  const { usable } = candidates.processors;
  const found = deviceIn(usable, granted.device);
  const alike = usable.filter(
    (device) =>
      !room.isKept(device.id) &&
      fitsProcessor(room, device, task) &&
      Math.abs(freeCores(room, device) - freeCores(room, found)) <= tolerance &&
      endsAsSoon(choice, granted, { ...granted, device: device.id }),
  );
  return nearestOf(alike, found, (one) => nearnessOf(choice, one, granted.accelerators));
};

/** Whether it ends no later there, where that counts. */
const endsAsSoon = ({ task, seeksFastest }: Choice, granted: Grant, other: Grant): boolean => {
  const secondsWith = (grant: Grant): number => estimateAt(task, placeOf(grant))?.p50Seconds ?? Infinity;
  return !seeksFastest || secondsWith(other) <= secondsWith(granted);
};

interface Nearest {
  readonly device: IndexedDevice;
  readonly near?: Nearness;
}

/** The nearest of those that are alike, of equals the one that was found; why, where others are further away. */
const nearestOf = (
  alike: readonly IndexedDevice[],
  found: IndexedDevice,
  nearness: (device: IndexedDevice) => Nearness | undefined,
): Nearest => {
  const known = [found, ...alike].map((device) => ({ device, near: nearness(device) }));
  const least = Math.max(...known.map(({ near }) => stepsOf(near)));
  const [best = { device: found, near: undefined }] = known.toSorted((a, b) => stepsOf(a.near) - stepsOf(b.near));
  return { device: best.device, ...(best.near && stepsOf(best.near) < least && { near: best.near }) };
};

/** The nearest first. */
const codes: readonly Nearness['code'][] = ['made-here', 'made-on-node', 'on-node-of'];

const stepsOf = (near: Nearness | undefined): number => (near ? codes.indexOf(near.code) : codes.length);

const nearnessOf = (
  { task: { inputsFrom }, index }: Choice,
  { id: device, numaNode: node }: IndexedDevice,
  accelerators: Grant['accelerators'],
): Nearness | undefined => {
  if (inputsFrom?.devices.includes(device)) return { code: 'made-here', values: { device, job: inputsFrom.job } };
  if (node === undefined) return undefined;
  const isOnNode = (id: string): boolean => index.get(id)?.numaNode === node;
  if (inputsFrom?.devices.some(isOnNode)) return { code: 'made-on-node', values: { device, job: inputsFrom.job, node } };
  const other = accelerators.find((one) => isOnNode(one.device))?.device;
  return other === undefined ? undefined : { code: 'on-node-of', values: { device, other, node } };
};
