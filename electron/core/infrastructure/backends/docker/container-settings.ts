import { createHash } from 'node:crypto';
import type { ContainerCreateOptions } from 'dockerode';
import type { JobSpec } from '../../../../../shared/model/job.ts';
import type { Device } from '../../../../../shared/model/device.ts';
import type { TaskRun } from '../../../ports.ts';
import { coreList } from '../bind-to-cores.ts';
import { deviceEnvironment, hardwareOf, threadEnvironment } from '../device-environment.ts';

export type ContainerSpec = Extract<JobSpec, { runtime: 'container' }>;

export const taskLabel = 'switchyard.task';
export const dataLabel = 'switchyard.data';

/** Several data folders may share one Docker: each knows its own containers by this. */
export const dataHashOf = (dataFolder: string): string => createHash('sha256').update(dataFolder).digest('hex').slice(0, 12);

export const taskNameOf = (run: Pick<TaskRun, 'task' | 'attempt'>): string => `${run.task}.${run.attempt}`;

/** One name for each attempt, so that Docker itself refuses a second container of it. */
export const containerNameOf = (dataHash: string, run: Pick<TaskRun, 'task' | 'attempt'>): string => {
  const task = taskNameOf(run);
  // Docker takes few characters; a task name with others is told apart by its hash.
  const plain = /^[A-Za-z0-9_.-]{1,100}$/.test(task) ? task : createHash('sha256').update(task).digest('hex').slice(0, 32);
  return `switchyard-${dataHash}-${plain}`;
};

export const memoryLimitOf = (run: TaskRun): number => run.memoryLimitBytes ?? run.placement.memoryBytes;

export interface InputMount {
  readonly path: string;
  readonly name: string;
}

/** The first base name that two inputs share; both would stand at the same place in /in. */
export const sharedNameOf = (inputs: readonly InputMount[]): string | undefined => {
  const seen = new Set<string>();
  return inputs.find(({ name }) => seen.size === seen.add(name).size)?.name;
};

/** What Docker is asked for: nothing but what the job names, and no way to more rights. */
export const containerSettings = (
  run: TaskRun,
  spec: ContainerSpec,
  dataHash: string,
  inputs: readonly InputMount[],
  outputFolder: string,
): ContainerCreateOptions => {
  const memory = memoryLimitOf(run);
  const { coreIds } = run.placement;
  const environment = {
    ...threadEnvironment(run.placement.cores),
    ORT_DISABLE_TELEMETRY: '1',
    ...spec.environment,
    ...deviceEnvironment(run),
    SWITCHYARD_JOB: String(run.jobId),
    SWITCHYARD_TASK: run.task,
    SWITCHYARD_ATTEMPT: String(run.attempt),
    SWITCHYARD_OUTPUT: '/out',
  };
  return {
    name: containerNameOf(dataHash, run),
    Image: spec.image,
    ...(spec.command.length > 0 && { Cmd: [...spec.command] }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: { [taskLabel]: taskNameOf(run), [dataLabel]: dataHash },
    AttachStdin: false,
    OpenStdin: false,
    Tty: false,
    HostConfig: {
      ...(coreIds && { CpusetCpus: coreList(coreIds) }),
      ...deviceSettings(run),
      NanoCpus: Math.round(run.placement.cores * 1e9),
      Memory: memory,
      // Equal to Memory: no swap on top.
      MemorySwap: memory,
      PidsLimit: spec.processLimit,
      NetworkMode: spec.network ? 'bridge' : 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      // Without an init process the first program ignores SIGTERM unless it asks for it, and never collects its zombies.
      Init: true,
      // The whole log must be readable after the core was away, whatever the daemon's default is.
      LogConfig: { Type: 'json-file', Config: {} },
      Mounts: [
        ...inputs.map(({ path, name }) => ({ Type: 'bind' as const, Source: path, Target: `/in/${name}`, ReadOnly: true })),
        { Type: 'bind' as const, Source: outputFolder, Target: '/out' },
      ],
    },
  };
};

/** NVIDIA's runtime puts its driver into the container by uuid; of all others the files under /dev do. */
const deviceSettings = ({ accelerators = [], machine = accelerators }: TaskRun): NonNullable<ContainerCreateOptions['HostConfig']> => {
  const hardware = accelerators.map((device) => hardwareOf(device, machine));
  const nvidia = hardware.filter(isNvidia).flatMap(({ uuid }) => uuid ?? []);
  const nodes = hardware.filter((device) => !isNvidia(device)).flatMap((device) => device.nodes ?? []);
  return {
    ...(nvidia.length > 0 && { DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: [...new Set(nvidia)], Capabilities: [['gpu']] }] }),
    ...(nodes.length > 0 && {
      Devices: [...new Set(nodes)].map((node) => ({ PathOnHost: node, PathInContainer: node, CgroupPermissions: 'rwm' })),
    }),
  };
};

const isNvidia = ({ vendor = '' }: Device): boolean => vendor.toLowerCase().includes('nvidia');
