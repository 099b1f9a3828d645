import type { Device } from '../../../../shared/model/device.ts';
import { isEnded, type EndedState, type JobSpec, type SubmittedJob } from '../../../../shared/model/job.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Decision } from '../../scheduler-port.ts';
import { memberOf, numbersIn, sizeOf } from './arrays.ts';
import { devicesOfKind, fittingOn, processorsOf } from './demand.ts';
import { entryOf, type Demand, type JobEntry } from './job-entry.ts';

/* Arrays whose jobs start at once or not at all, and end together when one of them does not succeed. */

/** One decision places them all, so that there are limits to what it may cost. */
const largestGang = 256;

/** The array that a job is of, if that is a gang. */
export const gangOf = (spec: JobSpec | undefined): { readonly id: number; readonly size: number } | undefined => {
  const member = memberOf(spec);
  return member?.gang ? member : undefined;
};

/** Refuses what makes no sense of jobs that start and end together. */
export const checkGang = (job: SubmittedJob): void => {
  if (!('array' in job) || !job.array?.gang) return;
  const refused = job.array.atMost !== undefined ? 'atMost' : job.preemptible ? 'preemptible' : job.retries > 0 ? 'retries' : undefined;
  if (refused) throw new Refusal({ code: 'gang-option', values: { option: refused } });
  const size = sizeOf(job);
  if (size > largestGang) throw new Refusal({ code: 'gang-too-large', values: { size, limit: largestGang } });
};

interface Machine {
  readonly grantable: { readonly cores: number; readonly memoryBytes: number };
  readonly devices: readonly Device[];
}

interface Asked {
  readonly spec: JobSpec;
  readonly demand: Demand;
}

/**
 * Each is counted for the most that any of them is, so that any of them can have any of their places. Refuses what this machine could never
 * start at once.
 */
export const atOnce = (members: readonly Asked[], machine: Machine): Asked[] => {
  const demands = members.map(({ demand }) => demand);
  const [ofMemory] = demands.toSorted((a, b) => b.memoryBytes - a.memoryBytes);
  const [ofDevice] = demands.toSorted((a, b) => deviceBytesOf(b) - deviceBytesOf(a));
  if (!ofMemory || !ofDevice) return [];
  const { memoryBytes, memoryFrom } = ofMemory;
  const { device, deviceMemoryFrom } = ofDevice;
  const most = { memoryBytes, memoryFrom, ...(device && { device }), ...(deviceMemoryFrom && { deviceMemoryFrom }) };
  const all = members.map(({ spec, demand }) => ({ spec, demand: { ...demand, ...most } }));
  for (const { spec, demand } of all.slice(0, 1)) refuseNeverAtOnce(spec, demand, all.length, machine);
  return all;
};

/** One that is granted whole is the most. */
const deviceBytesOf = ({ device }: Demand): number => device?.memoryBytes ?? Number.MAX_VALUE;

const refuseNeverAtOnce = ({ resources }: JobSpec, demand: Demand, size: number, machine: Machine): void => {
  const { cores: each, memoryBytes, device } = demand;
  const processors = processorsOf(resources, machine);
  const fitting = processors.reduce((sum, { cores }) => sum + Math.floor(cores / each + 1e-9), 0);
  if (fitting < size) {
    const totalCores = processors.reduce((sum, { cores }) => sum + cores, 0);
    throw new Refusal({ code: 'gang-needs-cores', values: { size, each, needCores: size * each, totalCores } });
  }
  const totalBytes = machine.grantable.memoryBytes;
  if (size * memoryBytes > totalBytes) {
    throw new Refusal({ code: 'gang-needs-memory', values: { size, each: memoryBytes, needBytes: size * memoryBytes, totalBytes } });
  }
  const onDevices = device ? fittingOn(device, devicesOfKind(resources, machine.devices)) : size;
  if (device && onDevices < size) {
    throw new Refusal({ code: 'gang-needs-devices', values: { size, kind: device.kind, fitting: onDevices } });
  }
};

export type Start = Extract<Decision, { kind: 'start' }>;

/** Decisions in their order, with the starts of a gang as one. */
export const inOneGo = (decisions: readonly Decision[]): (Exclude<Decision, Start> | Start[])[] => {
  const all: (Exclude<Decision, Start> | Start[])[] = [];
  for (const decision of decisions) {
    const before = all.at(-1);
    if (decision.kind !== 'start') all.push(decision);
    else if (decision.gang !== undefined && Array.isArray(before) && before[0]?.gang === decision.gang) before.push(decision);
    else all.push([decision]);
  }
  return all;
};

/** How one of a gang ended that did not succeed. */
export interface EndedMember {
  readonly job: { readonly id: number; readonly name: string };
  readonly state: EndedState;
}

/** Unfinished jobs whose gang has lost one of its jobs under an earlier core, with the first that did not succeed. */
export const readBroken = async (unfinished: readonly JobEntry[], reader: Pick<Reader, 'job'>): Promise<Map<JobEntry, EndedMember>> => {
  const present = new Set(unfinished.map(({ id }) => id));
  const broken = new Map<JobEntry, EndedMember>();
  for (const [, members] of Map.groupBy(
    unfinished.filter(({ spec }) => gangOf(spec)),
    ({ spec }) => gangOf(spec)?.id,
  )) {
    const gang = gangOf(members[0]?.spec);
    const missing = gang ? numbersIn(gang).filter((id) => !present.has(id)) : [];
    const records = await Promise.all(missing.map((id) => reader.job(id)));
    const ended = records.flatMap((record): EndedMember[] => {
      const { id, name, state } = record ? entryOf(record) : { id: 0, name: '', state: undefined };
      return state && isEnded(state) && state.kind !== 'succeeded' ? [{ job: { id, name }, state }] : [];
    });
    const first = ended.toSorted((a, b) => a.state.endedAt - b.state.endedAt)[0];
    if (first) for (const member of members) broken.set(member, first);
  }
  return broken;
};
