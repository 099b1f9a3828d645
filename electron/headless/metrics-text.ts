import { readdirSync } from 'node:fs';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Status } from '../../shared/contract/app.ts';
import type { DeviceState } from '../../shared/contract/devices.ts';

/** What is true at the moment of a scrape. */
export interface MetricsInputs {
  readonly status: Status;
  readonly devices: readonly DeviceState[];
  readonly process: ProcessFigures;
}

export interface ProcessFigures {
  readonly processorSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly startedAtSeconds: number;
  readonly openFiles?: number;
}

/**
 * The state of the core as a Prometheus server reads it. The registry lives for one scrape, so that what was not measured this time
 * has no series, and what is gone leaves none behind.
 */
export const metricsText = async (inputs: MetricsInputs): Promise<{ contentType: string; text: string }> => {
  const registry = new Registry();
  addSystem(registry, inputs.status);
  addDevices(registry, inputs.devices);
  addProcess(registry, inputs.process);
  return { contentType: registry.contentType, text: await registry.metrics() };
};

/** Of this process, which is the core. */
export const processFigures = (): ProcessFigures => {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    processorSeconds: (user + system) / 1e6,
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    startedAtSeconds: Math.round(performance.timeOrigin / 1000),
    ...(process.platform === 'linux' && { openFiles: readdirSync('/proc/self/fd').length }),
  };
};

type Labels = Readonly<Record<string, string>>;
type Series = readonly (readonly [labels: Labels, value: number | undefined])[];
type Add = (name: string, help: string, series: Series) => void;

/** A family of series; those without a value are left out, and so is the family when it has none. */
const addFamily =
  (registry: Registry, Kind: typeof Gauge | typeof Counter): Add =>
  (name, help, series) => {
    const known = series.filter((one): one is readonly [Labels, number] => one[1] !== undefined);
    if (known.length === 0) return;
    const labelNames = [...new Set(known.flatMap(([labels]) => Object.keys(labels)))];
    const family = new Kind({ name, help, labelNames, registers: [registry] });
    for (const [labels, value] of known) family.inc(labels, value);
  };

const addSystem = (registry: Registry, { version, shell, counts, isPaused, loopDelayP99Ms }: Status): void => {
  const gauge = addFamily(registry, Gauge);
  gauge('switchyard_info', 'The version that runs.', [[{ version, shell }, 1]]);
  gauge(
    'switchyard_jobs',
    'Jobs by state. Those that timed out, ran out of memory or were lost count as failed.',
    Object.entries(counts).map(([state, count]) => [{ state }, count]),
  );
  gauge('switchyard_queue_paused', '1 while no job may start.', [[{}, isPaused ? 1 : 0]]);
  gauge('switchyard_event_loop_delay_p99_seconds', 'How late the main thread comes to its work: the 99th percentile of the last seconds.', [
    [{}, loopDelayP99Ms === undefined ? undefined : loopDelayP99Ms / 1000],
  ]);
};

const states = ['ready', 'drained', 'unhealthy'] as const;

const addDevices = (registry: Registry, devices: readonly DeviceState[]): void => {
  const labelsOf = ({ id, kind, name }: DeviceState): Labels => ({ device: id, kind, name });
  const each = (value: (device: DeviceState) => number | undefined): Series => devices.map((device) => [labelsOf(device), value(device)]);
  const gauge: Add = (name, help, series) => addFamily(registry, Gauge)(`switchyard_device_${name}`, help, series);
  const counter: Add = (name, help, series) => addFamily(registry, Counter)(`switchyard_device_${name}`, help, series);

  gauge(
    'state',
    '1 for the state that a device is in.',
    devices.flatMap((device) => states.map((state) => [{ ...labelsOf(device), state }, device.state === state ? 1 : 0] as const)),
  );
  gauge(
    'utilization_ratio',
    'How busy the device is, 0 to 1.',
    each(({ utilization }) => ratio(utilization)),
  );
  gauge(
    'memory_total_bytes',
    "The device's memory; a processor's is that of the machine.",
    each(({ memory }) => memory?.totalBytes),
  );
  gauge(
    'memory_used_bytes',
    'Memory in use, by whatever program.',
    each(({ memory }) => memory?.usedBytes),
  );
  gauge(
    'memory_utilization_ratio',
    'Share of time in which the memory was read or written, 0 to 1.',
    each(({ memoryUtilization }) => ratio(memoryUtilization)),
  );
  gauge(
    'power_watts',
    'Power drawn.',
    each(({ powerW }) => powerW),
  );
  gauge(
    'power_limit_watts',
    'Power that it may draw.',
    each(({ powerLimitW }) => powerLimitW),
  );
  counter(
    'energy_joules_total',
    'Energy used since the driver was loaded.',
    each(({ energyJ }) => energyJ),
  );
  gauge(
    'temperature_celsius',
    'Temperature.',
    each(({ temperatureC }) => temperatureC),
  );
  gauge(
    'frequency_hertz',
    'Clock of the cores.',
    each(({ frequencyMhz }) => frequencyMhz && frequencyMhz * 1e6),
  );
  counter(
    'ecc_errors_total',
    'Memory errors that could not be corrected.',
    each(({ eccErrors }) => eccErrors),
  );
  gauge(
    'cores',
    'Cores that may be granted.',
    each(({ cores }) => cores),
  );
  gauge(
    'granted_cores',
    'Cores granted to running jobs.',
    each(({ cores, granted }) => (cores === undefined ? undefined : granted.cores)),
  );
  gauge(
    'granted_memory_bytes',
    'Memory granted to running jobs.',
    each(({ memory, granted }) => (memory ? granted.memoryBytes : undefined)),
  );
  gauge(
    'process_memory_bytes',
    "Memory of the device that a process holds; job is the number of the job it belongs to and absent for other programs'.",
    devices.flatMap((device) =>
      device.processes.map(
        ({ pid, jobId, memoryBytes }) =>
          [{ ...labelsOf(device), pid: String(pid), ...(jobId !== undefined && { job: String(jobId) }) }, memoryBytes] as const,
      ),
    ),
  );
};

/** A percentage as Prometheus wants it. */
const ratio = (percent: number | undefined): number | undefined => (percent === undefined ? undefined : percent / 100);

const addProcess = (registry: Registry, figures: ProcessFigures): void => {
  const gauge = addFamily(registry, Gauge);
  addFamily(registry, Counter)('process_cpu_seconds_total', 'Processor time that the core has taken.', [[{}, figures.processorSeconds]]);
  gauge('process_resident_memory_bytes', 'Memory that the core holds.', [[{}, figures.residentBytes]]);
  gauge('nodejs_heap_size_used_bytes', "Memory in use in the core's heap.", [[{}, figures.heapUsedBytes]]);
  gauge('process_start_time_seconds', 'When the core started, in seconds since 1970.', [[{}, figures.startedAtSeconds]]);
  gauge('process_open_fds', 'Files that the core has open.', [[{}, figures.openFiles]]);
};
