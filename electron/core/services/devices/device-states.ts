import type { DeviceState } from '../../../../shared/contract/devices.ts';
import type { Device, DeviceProcess, Sample } from '../../../../shared/model/device.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import { sentenceOf } from '../../../../shared/words/reasons.ts';
import { grantOn, type RunningJob } from './device-jobs.ts';
import { usedBy } from './device-memory.ts';
import { divide } from './divide.ts';
import type { KnownDevice, KnownShare } from './known-devices.ts';

export interface StateInputs {
  readonly jobs: readonly RunningJob[];
  /** Of the machine; absent before the first. */
  readonly sample: Sample | undefined;
}

/** A device and its shares as the contract shows them; `processes` come with the jobs they belong to, the largest first. */
export const deviceStates = (known: KnownDevice, processes: readonly DeviceProcess[], inputs: StateInputs): DeviceState[] => {
  const [whole, ...shares] = divide(known.device, known.shares);
  return [
    wholeState(known, whole, processes, inputs),
    ...shares.map((share, index) => shareState(share, known.shares[index], processes, inputs)),
  ];
};

const wholeState = (known: KnownDevice, device: Device, processes: readonly DeviceProcess[], inputs: StateInputs): DeviceState => {
  const { memoryUsedBytes, ...reading } = known.device.kind === 'cpu' ? readingOfCpu(inputs.sample) : (known.reading ?? {});
  return {
    ...commonState(device, known, processes, inputs, memoryUsedBytes),
    ...reading,
    ...(device.kind === 'cpu' && inputs.sample && { sample: inputs.sample }),
    processes: [...processes],
    reserveBytes: known.reserveBytes,
    overcommit: known.overcommit,
  };
};

/** Of a share only what runs on it is measured, and the cores that it is bound to. */
const shareState = (share: Device, known: Known | undefined, processes: readonly DeviceProcess[], inputs: StateInputs): DeviceState => {
  const jobs = inputs.jobs.filter((job) => grantOn(job, share.id));
  const own = processes.filter(({ jobId }) => jobs.some(({ id }) => id === jobId));
  const used = share.kind === 'cpu' ? jobs.map(({ usedBytes = 0 }) => usedBytes) : own.map(({ memoryBytes = 0 }) => memoryBytes);
  const utilization = meanOf((share.kind === 'cpu' && share.coreIds) || [], inputs.sample?.corePercents);
  return {
    ...commonState(share, known ?? {}, processes, inputs, sum(used)),
    ...(utilization !== undefined && { utilization }),
    processes: own,
    reserveBytes: 0,
    overcommit: 1,
  };
};

type Known = Pick<KnownShare, 'unusable' | 'capability'>;

/** One that is being measured is sound and gets no work. */
const stateOf = (unusable: DeviceReason | undefined): DeviceState['state'] => {
  if (!unusable) return 'ready';
  return unusable.code === 'device-drained' || unusable.code === 'device-measuring' ? 'drained' : 'unhealthy';
};

const commonState = (
  device: Device,
  { unusable, capability }: Known,
  processes: readonly DeviceProcess[],
  inputs: StateInputs,
  usedBytes: number | undefined,
) => {
  const { memoryTotalBytes: totalBytes, ...facts } = device;
  const jobs = jobsOn(device, processes, inputs.jobs);
  return {
    ...facts,
    ...(totalBytes !== undefined && { memory: { totalBytes, ...(usedBytes !== undefined && { usedBytes }) } }),
    ...(unusable && { reason: unusable, sentence: sentenceOf(unusable, 'en') }),
    ...(capability && { capability }),
    state: stateOf(unusable),
    jobs,
    granted: { cores: sum(jobs.map(({ cores }) => cores)), memoryBytes: sum(jobs.map(({ memoryBytes = totalBytes ?? 0 }) => memoryBytes)) },
  };
};

const jobsOn = (device: Device, processes: readonly DeviceProcess[], jobs: readonly RunningJob[]): DeviceState['jobs'] =>
  jobs.flatMap((job) => {
    const grant = grantOn(job, device.id);
    if (!grant) return [];
    const usedBytes = device.kind === 'cpu' ? job.usedBytes : usedBy(job.id, processes);
    return [{ id: job.id, name: job.name, group: job.group, ...grant, ...(usedBytes !== undefined && { usedBytes }) }];
  });

const readingOfCpu = (sample: Sample | undefined) => {
  if (!sample) return {};
  const { cpuPercent, memoryUsedBytes, temperatureC, powerW, frequencyMhz } = sample;
  return {
    ...(cpuPercent !== undefined && { utilization: cpuPercent }),
    ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
    ...(temperatureC !== undefined && { temperatureC }),
    ...(powerW !== undefined && { powerW }),
    ...(frequencyMhz !== undefined && { frequencyMhz }),
  };
};

const meanOf = (coreIds: readonly number[], percents: readonly number[] | undefined): number | undefined => {
  const known = coreIds.flatMap((core) => percents?.[core] ?? []);
  return known.length === 0 ? undefined : sum(known) / known.length;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((so, one) => so + one, 0);
