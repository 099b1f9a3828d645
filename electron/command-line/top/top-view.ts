import type { Status } from '../../../shared/contract/app.ts';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { formatBytes, formatNumber } from '../../../shared/words/format.ts';
import { reasonText } from '../job-text.ts';
import type { Session } from '../session.ts';
import { formatTable, type Column } from '../table.ts';
import { fitText, oneLine, textWidth } from '../text-width.ts';

export interface TopState {
  readonly status: Status;
  readonly devices: readonly DeviceState[];
}

export const sorts = ['start', 'cores', 'memory'] as const;
export type Sort = (typeof sorts)[number];

export interface TopChoice {
  readonly showsProcesses: boolean;
  readonly sort: Sort;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

type Say = Pick<Session, 'text' | 'locale' | 'sentence'>;

/** Everything as lines, none wider and no more than the terminal; without a size all of it, for a pipe. */
export const topLines = (say: Say, state: TopState, choice: TopChoice, size?: Size): string[] => {
  const head = [headLine(say, state.status)];
  const foot = [...waitingLines(say, state.status), ...(size ? [keysLine(say, choice)] : [])];
  // A blank line between the parts, and at least one line of each table beside its title.
  const room = size ? size.rows - head.length - foot.length - 2 : Number.POSITIVE_INFINITY;
  const devices = deviceLines(say, state.devices, size?.columns);
  const shownDevices = cut(say, devices, Math.max(2, Math.min(devices.length, room - leastOfSecond)));
  const second = choice.showsProcesses
    ? processLines(say, state.devices, choice.sort, size?.columns)
    : jobLines(say, state.devices, choice.sort, size?.columns);
  const shownSecond = cut(say, second, Math.max(2, room - shownDevices.length));
  const lines = [...head, ...shownDevices, '', ...shownSecond, '', ...foot];
  return size ? lines.map((line) => fitText(line, size.columns)).slice(0, size.rows) : lines;
};

const leastOfSecond = 4;

const cut = ({ text }: Say, lines: readonly string[], most: number): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), text('status-more', { count: lines.length - most + 1 })];

const headLine = ({ text, locale }: Say, { counts, isPaused, hostName }: Status): string => {
  const parts = (['running', 'pending', 'held'] as const).map(
    (kind) => `${formatNumber(counts[kind], locale, 0)} ${text(`count-${kind}`)}`,
  );
  return `${oneLine(hostName)}: ${parts.join(', ')}${isPaused ? `  ${text('status-paused')}` : ''}`;
};

const waitingLines = (say: Say, { first, counts }: Status): string[] => {
  if (!first || counts.pending === 0) return [say.text('top-none-waits')];
  const why = reasonText(say, first);
  return [say.text('top-next', { id: first.id, name: oneLine(first.name), why: why ? `: ${why}` : '' })];
};

const keysLine = ({ text }: Say, { sort, showsProcesses }: TopChoice): string =>
  [
    `q ${text('top-key-quit')}`,
    `p ${text(showsProcesses ? 'top-key-jobs' : 'top-key-processes')}`,
    `s ${text('top-key-sort', { by: text(`top-sort-${sort}`) })}`,
  ].join('   ');

const barWidth = 10;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share as a bar that a single colour and any screen shows. */
const bar = (share: number): string => {
  const filled = Math.min(1, Math.max(0, share)) * barWidth;
  const part = eighths[Math.floor((filled % 1) * 8)] ?? '';
  const text = `${'█'.repeat(Math.floor(filled))}${part}`;
  return `${text}${'·'.repeat(barWidth - textWidth(text))}`;
};

const plain = (text: string): string => text;

const deviceLines = (say: Say, devices: readonly DeviceState[], width: number | undefined): string[] => {
  const { text, locale } = say;
  const unit = (value: number | undefined, name: string): string =>
    value === undefined ? '' : `${formatNumber(value, locale, 0)} ${name}`;
  const columns: Column<DeviceState>[] = [
    { title: text('column-device'), most: 12, cell: ({ id }) => id },
    {
      title: text('column-load'),
      cell: ({ utilization }) =>
        utilization === undefined ? '' : `${bar(utilization / 100)} ${`${Math.round(utilization)} %`.padStart(5)}`,
    },
    { title: text('column-memory'), cell: (device) => memoryCell(say, device) },
    { title: text('column-temperature'), isRight: true, cell: ({ temperatureC }) => unit(temperatureC, '°C') },
    { title: text('column-power'), isRight: true, cell: ({ powerW }) => unit(powerW, 'W') },
    {
      title: text('column-state'),
      cell: ({ state, reason }) =>
        state === 'ready' ? '' : [text(`device-${state}`), reason && say.sentence(reason)].filter(Boolean).join(': '),
    },
  ];
  return formatTable(columns, devices, width, plain);
};

const memoryCell = ({ text, locale }: Say, { memory }: DeviceState): string => {
  if (!memory) return '';
  const total = formatBytes(memory.totalBytes, locale);
  if (memory.usedBytes === undefined) return total;
  return `${bar(memory.usedBytes / memory.totalBytes)} ${text('used-of', { used: formatBytes(memory.usedBytes, locale), total })}`;
};

interface RunningJob {
  readonly id: number;
  readonly name: string;
  readonly group: string;
  cores: number;
  /** Of the machine; what is used where that was measured. */
  usedBytes?: number;
  deviceBytes?: number;
  readonly devices: string[];
}

/** Jobs with what they hold of all devices together. */
const runningJobs = (devices: readonly DeviceState[]): RunningJob[] => {
  const jobs = new Map<number, RunningJob>();
  for (const { id: device, kind, jobs: running } of devices) {
    for (const { id, name, group, cores, memoryBytes, usedBytes } of running) {
      const job = jobs.get(id) ?? { id, name, group, cores: 0, devices: [] };
      jobs.set(id, job);
      job.cores += cores;
      job.devices.push(device);
      const bytes = usedBytes ?? memoryBytes;
      if (bytes === undefined) continue;
      if (kind === 'cpu') job.usedBytes = (job.usedBytes ?? 0) + bytes;
      else job.deviceBytes = (job.deviceBytes ?? 0) + bytes;
    }
  }
  return [...jobs.values()];
};

const jobOrders: Readonly<Record<Sort, (a: RunningJob, b: RunningJob) => number>> = {
  start: (a, b) => a.id - b.id,
  cores: (a, b) => b.cores - a.cores || a.id - b.id,
  memory: (a, b) => (b.usedBytes ?? 0) + (b.deviceBytes ?? 0) - (a.usedBytes ?? 0) - (a.deviceBytes ?? 0) || a.id - b.id,
};

const jobLines = ({ text, locale }: Say, devices: readonly DeviceState[], sort: Sort, width: number | undefined): string[] => {
  const bytes = (value: number | undefined): string => (value === undefined ? '' : formatBytes(value, locale));
  const columns: Column<RunningJob>[] = [
    { title: text('column-id'), isRight: true, cell: ({ id }) => String(id) },
    { title: text('column-name'), most: 24, cell: ({ name }) => name },
    { title: text('column-group'), most: 12, cell: ({ group }) => group },
    { title: text('column-cores'), isRight: true, cell: ({ cores }) => formatNumber(cores, locale, 2) },
    { title: text('column-memory'), isRight: true, cell: ({ usedBytes }) => bytes(usedBytes) },
    { title: text('column-device-memory'), isRight: true, cell: ({ deviceBytes }) => bytes(deviceBytes) },
    { title: text('column-device'), cell: ({ devices: on }) => on.join(' ') },
  ];
  const jobs = runningJobs(devices).toSorted(jobOrders[sort]);
  return jobs.length === 0 ? [text('top-none-runs')] : formatTable(columns, jobs, width, plain);
};

const processLines = ({ text, locale }: Say, devices: readonly DeviceState[], sort: Sort, width: number | undefined): string[] => {
  const all = devices.flatMap(({ id, processes }) => processes.map((process) => ({ device: id, ...process })));
  if (all.length === 0) return [text('top-no-processes')];
  const columns: Column<(typeof all)[number]>[] = [
    { title: text('column-device'), most: 12, cell: ({ device }) => device },
    { title: 'PID', isRight: true, cell: ({ pid }) => String(pid) },
    {
      title: text('column-memory'),
      isRight: true,
      cell: ({ memoryBytes }) => (memoryBytes === undefined ? '' : formatBytes(memoryBytes, locale)),
    },
    { title: text('column-job'), cell: ({ jobId }) => (jobId === undefined ? text('top-not-ours') : `#${jobId}`) },
    { title: text('column-name'), cell: ({ name }) => name ?? '' },
  ];
  // A processor has no list, so cores say nothing here.
  const sorted =
    sort === 'start' ? all.toSorted((a, b) => a.pid - b.pid) : all.toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0));
  return formatTable(columns, sorted, width, plain);
};
