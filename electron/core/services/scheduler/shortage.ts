import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { Capacity, TaskRequest } from '../../scheduler-port.ts';
import {
  allocate,
  countApart,
  fitsAccelerator,
  fitsProcessor,
  freeCores,
  freeMemory,
  idle,
  isByMemory,
  tolerance,
  unheldMemory,
  type Room,
} from './allocation.ts';
import type { CandidateList, Candidates, IndexedDevice } from './device-index.ts';
import type { Ledger } from './ledger.ts';

const holdersNamed = 5;

type Job = TaskRequest['job'];

export interface Situation {
  readonly room: Omit<Room, 'ledger'> & { readonly ledger: Ledger };
  readonly candidates: Candidates;
  readonly foreignBytes: Capacity['foreignBytes'];
}

/** What keeps a task from starting when nobody ahead of it keeps anything: what other jobs, other programs or the machine lack. Pure. */
export const shortageOf = (situation: Situation, task: TaskRequest): WaitReason => {
  const { room, candidates } = situation;
  // What would be missing on the idle machine as well is what it really waits for.
  const alone = allocate(idle(room), candidates, task);
  const now = alone.kind === 'lacks' ? alone : allocate(room, candidates, task);
  if (now.kind === 'granted') return { code: 'next-decision', values: {} };
  switch (now.what) {
    case 'device':
      return deviceShortage(situation, task);
    case 'processor':
      return processorShortage(situation, task);
    case 'memory':
      return memoryShortage(situation, task, { isForeign: alone.kind === 'lacks' });
  }
};

// ── Devices ──

const deviceShortage = ({ room, candidates }: Situation, { device: request }: TaskRequest): WaitReason => {
  if (!request) throw new Error('a task that asks for no device cannot lack one');
  const { kind, count, memoryBytes } = request;
  const { usable, unusable } = candidates.accelerators;
  const suitable = usable.filter((device) => fitsAccelerator(idle(room), device, memoryBytes));
  if (countApart(suitable) < count) {
    const missing = unusableReason(candidates.accelerators, (device) => fitsAccelerator(idle(room), device, memoryBytes));
    if (missing) return missing;
    if (usable.length === 0 && unusable.length === 0) return absent([kind], candidates);
  }
  const isAlone = (device: IndexedDevice): boolean => [device.id, ...device.kin].every((id) => !room.ledger.on(id).isWhole);
  // One that could never grant it comes close only where none could.
  const possible = suitable.length > 0 ? suitable : usable;
  const short = possible.filter((device) => isByMemory(device, memoryBytes) && memoryBytes > freeMemory(room, device) && isAlone(device));
  const nearest = mostFree(short, (device) => freeMemory(room, device));
  if (nearest && memoryBytes !== undefined) {
    const values = { device: nearest.id, needBytes: memoryBytes, freeBytes: Math.max(0, freeMemory(room, nearest)) };
    return { code: 'device-memory', values: { ...values, holders: jobsOn(room, [nearest]), foreign: [...nearest.foreign] } };
  }
  const free = countApart(usable.filter((device) => fitsAccelerator(room, device, memoryBytes)));
  return { code: 'device-busy', values: { kind, need: count, free, total: countApart(usable), holders: jobsOn(room, usable) } };
};

/** Present when devices that are given no work are what the task waits for. */
const unusableReason = ({ unusable }: CandidateList, wouldDo: (device: IndexedDevice) => boolean): WaitReason | undefined => {
  const wanted = unusable.filter(({ device }) => !device || wouldDo(device));
  const [first] = wanted;
  return first && { code: 'device-unusable', values: { devices: wanted.map(({ id }) => id), why: first.why } };
};

const absent = (devices: string[], { absent: why }: Candidates): WaitReason => ({ code: 'device-unusable', values: { devices, why } });

// ── Processors and memory ──

const processorShortage = (situation: Situation, task: TaskRequest): WaitReason => {
  const { room, candidates, foreignBytes } = situation;
  const { usable } = candidates.processors;
  const suitable = usable.filter((device) => fitsProcessor(idle(room), device, task));
  if (suitable.length === 0) {
    const missing = unusableReason(candidates.processors, (device) => fitsProcessor(idle(room), device, task));
    if (missing) return missing;
  }
  const closest = mostFree(suitable.length > 0 ? suitable : usable, (device) => freeCores(room, device));
  if (!closest) return absent(['cpu'], candidates);
  const holders = jobsOn(room, [closest]);
  const free = Math.max(0, freeCores(room, closest));
  if (task.cores > free + tolerance) {
    return { code: 'cores-busy', values: { needCores: task.cores, freeCores: free, totalCores: closest.cores, holders } };
  }
  const values = { needBytes: task.memoryBytes, freeBytes: Math.max(0, freeMemory(room, closest)) };
  return holders.length > 0
    ? { code: 'memory-granted', values: { ...values, holders } }
    : { code: 'memory-foreign', values: { ...values, foreignBytes } };
};

const memoryShortage = (
  { room, candidates, foreignBytes }: Situation,
  task: TaskRequest,
  { isForeign }: { isForeign: boolean },
): WaitReason => {
  const values = { needBytes: task.memoryBytes, freeBytes: Math.max(0, unheldMemory(room, candidates)) };
  if (isForeign) return { code: 'memory-foreign', values: { ...values, foreignBytes } };
  const holders = [...room.ledger.running.values()].slice(0, holdersNamed).map((one) => one.task.job);
  return { code: 'memory-granted', values: { ...values, holders } };
};

const mostFree = (devices: readonly IndexedDevice[], freeOf: (device: IndexedDevice) => number): IndexedDevice | undefined =>
  devices.reduce<IndexedDevice | undefined>((best, device) => (best && freeOf(best) >= freeOf(device) ? best : device), undefined);

/** Jobs on these devices, on what they are shares of, and on shares of them. */
export const jobsOn = ({ ledger }: Situation['room'], devices: readonly IndexedDevice[]): Job[] => {
  const jobs = new Map<number, Job>();
  for (const id of devices.flatMap((device) => (device.kind === 'cpu' ? [device.id] : [device.id, ...device.kin]))) {
    for (const { job } of ledger.on(id).tasks.values()) jobs.set(job.id, job);
    if (jobs.size >= holdersNamed) break;
  }
  return [...jobs.values()].slice(0, holdersNamed);
};
