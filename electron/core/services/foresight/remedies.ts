import type { GroupQuota, PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Remedy } from '../../../../shared/model/plan.ts';
import type { Capacity, DeviceCapacity, GroupSettings, SchedulerEvent, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';

/** Something that a person could do, and what the scheduler would be told then. Whether that helps is for a play to say. */
export interface Attempt {
  readonly remedy: Remedy;
  readonly changes: readonly SchedulerEvent[];
}

/** Jobs whose end is tried, in the order in which they started. */
const holdersTried = 16;
/** What runs in them can stand still and go on. */
const pausableBackends: ReadonlySet<string> = new Set(['command', 'docker']);
const leastCores = 0.1;
const roundingBytes = 16 * 1024 ** 2;

/** Every single change that might start the task now. Pure. */
export const remediesFor = (snapshot: SchedulerSnapshot, task: TaskRequest, policies: readonly PolicyName[]): Attempt[] => {
  // A held task, or one of a paused queue, is started by nothing else alone.
  if (task.isHeld) return [attempt({ code: 'release', values: {} }, { kind: 'submitted', task: { ...task, isHeld: false } })];
  if (snapshot.isPaused) return [attempt({ code: 'resume-queue', values: {} }, { kind: 'resumed' })];
  return [
    ...otherOrders(snapshot, task, policies),
    ...smallerDemands(snapshot, task),
    ...drainedDevices(snapshot),
    ...reservations(snapshot),
    ...quotas(snapshot, task),
    ...restingHolders(snapshot),
    ...endingHolders(snapshot),
  ];
};

const attempt = (remedy: Remedy, ...changes: SchedulerEvent[]): Attempt => ({ remedy, changes });

const otherOrders = ({ waiting, policy: present }: SchedulerSnapshot, task: TaskRequest, policies: readonly PolicyName[]): Attempt[] => {
  const boost = 1 + waiting.reduce((most, one) => Math.max(most, one.boost), 0);
  const others = policies.filter((policy) => policy !== present);
  return [
    attempt({ code: 'run-next', values: {} }, { kind: 'changed', task: { ...task, boost } }),
    ...others.map((policy) => attempt({ code: 'other-policy', values: { policy } }, { kind: 'policyChanged', policy })),
  ];
};

/** With as much as is free now. */
const smallerDemands = (snapshot: SchedulerSnapshot, task: TaskRequest): Attempt[] => {
  const { device } = task;
  const asks = (values: Partial<TaskRequest>): SchedulerEvent => ({ kind: 'changed', task: { ...task, ...values } });
  const attempts: Attempt[] = [];
  const cores = freeCores(snapshot);
  if (cores >= leastCores && cores < task.cores) attempts.push(attempt({ code: 'fewer-cores', values: { cores } }, asks({ cores })));
  const memoryBytes = freeMemory(snapshot);
  if (memoryBytes > 0 && memoryBytes < task.memoryBytes)
    attempts.push(attempt({ code: 'less-memory', values: { memoryBytes } }, asks({ memoryBytes })));
  const deviceBytes = device?.memoryBytes === undefined ? 0 : freeDeviceMemory(snapshot, device.kind);
  if (device && deviceBytes > 0 && deviceBytes < (device.memoryBytes ?? 0)) {
    const less = { memoryBytes: deviceBytes };
    attempts.push(attempt({ code: 'less-device-memory', values: less }, asks({ device: { ...device, ...less } })));
  }
  return attempts;
};

const drainedDevices = ({ capacity }: SchedulerSnapshot): Attempt[] =>
  capacity.devices
    .filter(({ unusable }) => unusable?.code === 'device-drained')
    .map(({ id }) =>
      attempt({ code: 'undrain', values: { device: id } }, { kind: 'capacityChanged', capacity: withoutDrain(capacity, id) }),
    );

const reservations = ({ reserved }: SchedulerSnapshot): Attempt[] =>
  reserved.map(({ id, group }) =>
    attempt(
      { code: 'remove-reservation', values: { id, group } },
      { kind: 'reservedChanged', parts: reserved.filter((one) => one.id !== id) },
    ),
  );

/** Limits of its group and of what that is a part of, on what it asks for. */
const quotas = ({ groups }: SchedulerSnapshot, { group: own, device }: TaskRequest): Attempt[] =>
  Object.entries(groups)
    .filter(([group]) => `${own}/`.startsWith(`${group}/`))
    .flatMap(([group, settings]) => {
      const { cores, ...others } = settings.quota;
      const kind = device && settings.quota.devices?.[device.kind as QuotaKind] !== undefined ? (device.kind as QuotaKind) : undefined;
      return [
        ...(cores === undefined ? [] : [lifted(group, 'cores', { ...settings, quota: others })]),
        ...(kind ? [lifted(group, kind, { ...settings, quota: withoutDevice(settings.quota, kind) })] : []),
      ];
    });

type QuotaKind = keyof NonNullable<GroupQuota['devices']>;

const lifted = (group: string, resource: 'cores' | QuotaKind, settings: GroupSettings): Attempt =>
  attempt({ code: 'lift-quota', values: { group, resource } }, { kind: 'groupChanged', group, settings });

const withoutDevice = (quota: GroupQuota, kind: QuotaKind): GroupQuota => {
  const { [kind]: _, ...devices } = quota.devices ?? {};
  return { ...quota, devices };
};

/** What is being ended is waited for anyway. */
const lasting = ({ running }: SchedulerSnapshot): SchedulerSnapshot['running'] => running.filter(({ endsFor }) => !endsFor);

const restingHolders = (snapshot: SchedulerSnapshot): Attempt[] => {
  const pausable = lasting(snapshot).filter(({ task, standsStill }) => pausableBackends.has(task.backend) && !standsStill);
  return holdersOf(pausable).map((job) =>
    attempt({ code: 'pause-holder', values: { job } }, ...tasksOf(job, pausable).map((task) => ({ kind: 'suspended' as const, task }))),
  );
};

const endingHolders = (snapshot: SchedulerSnapshot): Attempt[] => {
  const running = lasting(snapshot);
  return holdersOf(running).map((job) =>
    attempt(
      { code: 'cancel-holder', values: { job } },
      ...tasksOf(job, running).map((task) => ({ kind: 'ended' as const, task, succeeded: false })),
    ),
  );
};

const holdersOf = (running: SchedulerSnapshot['running']): TaskRequest['job'][] => {
  const jobs = new Map(running.map(({ task }) => [task.job.id, task.job]));
  return [...jobs.values()].slice(0, holdersTried);
};

const tasksOf = (job: TaskRequest['job'], running: SchedulerSnapshot['running']): string[] =>
  running.filter(({ task }) => task.job.id === job.id).map(({ task }) => task.id);

const withoutDrain = (capacity: Capacity, drained: string): Capacity => ({
  ...capacity,
  devices: capacity.devices.map((device): DeviceCapacity => {
    const { unusable: _, ...usable } = device;
    return device.id === drained ? usable : device;
  }),
});

/** The most that one processor has free: whole cores, or tenths below one. */
const freeCores = ({ capacity, running }: SchedulerSnapshot): number => {
  const free = capacity.devices
    .filter(({ kind, unusable }) => kind === 'cpu' && !unusable)
    .map(({ id, cores }) => running.reduce((left, { grant }) => (grant.device === id ? left - grant.cores : left), cores));
  const most = Math.max(0, ...free);
  return most >= 1 ? Math.floor(most + 1e-9) : Math.floor(most * 10 + 1e-9) / 10;
};

const freeMemory = ({ capacity, running }: SchedulerSnapshot): number =>
  roundedDown(running.reduce((left, { grant }) => left - grant.memoryBytes, capacity.memoryBytes));

/** The most that one device of the kind has free. */
const freeDeviceMemory = ({ capacity, running }: SchedulerSnapshot, kind: string): number => {
  const free = capacity.devices
    .filter((device) => device.kind === kind && !device.unusable)
    .map(({ id, memoryBytes = 0 }) =>
      running
        .flatMap(({ grant }) => grant.accelerators)
        .reduce((left, one) => (one.device === id ? left - (one.memoryBytes ?? memoryBytes) : left), memoryBytes),
    );
  return roundedDown(Math.max(0, ...free));
};

const roundedDown = (bytes: number): number => Math.max(0, Math.floor(bytes / roundingBytes) * roundingBytes);
