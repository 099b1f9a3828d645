import type { DeviceState } from '../../../../shared/contract/devices.ts';
import type { Reading, Tick } from '../../infrastructure/storage/metrics/metrics-writer.ts';

/** What is kept of one moment: of every device, of every group that holds something, of every job that runs. */
export const tickOf = (at: number, devices: readonly DeviceState[], coresUsed: ReadonlyMap<number, number>): Tick => ({
  at,
  readings: [...devices.map(ofDevice), ...ofGroups(devices), ...ofJobs(devices, coresUsed)],
});

type Values = Partial<Record<keyof Reading['values'], number>>;

const ofDevice = (device: DeviceState): Reading => {
  // What was read last says nothing about now: what cannot be measured is a gap.
  if (device.state === 'unhealthy') return { subject: `device:${device.id}`, values: {} };
  const { utilization, memoryUtilization, powerW, temperatureC, frequencyMhz, memory, cores, granted, kind } = device;
  return {
    subject: `device:${device.id}`,
    values: known({
      utilization,
      memoryUtilization,
      powerW,
      temperatureC,
      frequencyMhz,
      memoryUsedBytes: memory?.usedBytes,
      memoryTotalBytes: memory?.totalBytes,
      grantedMemoryBytes: memory && granted.memoryBytes,
      ...(kind === 'cpu' && {
        cores,
        grantedCores: granted.cores,
        coresUsed: utilization === undefined || cores === undefined ? undefined : (utilization / 100) * cores,
      }),
    }),
  };
};

const ofGroups = (devices: readonly DeviceState[]): Reading[] => {
  const groups = new Map<string, Values>();
  for (const { kind, jobs, memory } of devices) {
    for (const { group, cores, memoryBytes = memory?.totalBytes } of jobs) {
      const values = groups.get(group) ?? {};
      groups.set(group, values);
      if (kind === 'cpu') {
        add(values, 'grantedCores', cores);
        add(values, 'grantedMemoryBytes', memoryBytes);
      } else add(values, 'grantedDeviceMemoryBytes', memoryBytes);
    }
  }
  return [...groups].map(([group, values]) => ({ subject: `group:${group}`, values }));
};

const ofJobs = (devices: readonly DeviceState[], coresUsed: ReadonlyMap<number, number>): Reading[] => {
  const jobs = new Map<number, Values>();
  const whole = new Map<number, { used: number; devices: number }>();
  for (const { kind, jobs: running, utilization } of devices) {
    for (const { id, memoryBytes, usedBytes } of running) {
      const values = jobs.get(id) ?? {};
      jobs.set(id, values);
      add(values, kind === 'cpu' ? 'memoryUsedBytes' : 'deviceMemoryUsedBytes', usedBytes);
      // The load of a device that others may use as well says nothing about this job.
      if (kind === 'cpu' || memoryBytes !== undefined || utilization === undefined) continue;
      const so = whole.get(id) ?? { used: 0, devices: 0 };
      whole.set(id, { used: so.used + utilization, devices: so.devices + 1 });
    }
  }
  for (const [id, { used, devices: count }] of whole) add(jobs.get(id) ?? {}, 'utilization', used / count);
  for (const [id, cores] of coresUsed) add(jobs.get(id) ?? {}, 'coresUsed', cores);
  return [...jobs].map(([id, values]) => ({ subject: `job:${id}`, values }));
};

const add = (values: Values, quantity: keyof Values, value: number | undefined): void => {
  if (value !== undefined) values[quantity] = (values[quantity] ?? 0) + value;
};

const known = (values: Record<string, number | undefined>): Values =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined));
