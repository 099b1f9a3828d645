import type { DeviceState } from '../../shared/contract/devices.ts';
import { formatBytes, formatNumber } from '../../shared/words/format.ts';
import type { Session } from './session.ts';
import { formatTable, type Column } from './table.ts';
import { oneLine } from './text-width.ts';

/** Devices as a table, shares beneath the device they are cut out of, and why those that get no work do not. */
export const deviceLines = (session: Session, devices: readonly DeviceState[]): string[] => {
  const { output } = session;
  const parents = new Map(devices.map(({ id, parent }) => [id, parent]));
  const reasons = devices.flatMap(({ id, parent, reason }) => {
    // A share repeats what is said of its device.
    const isSaid = devices.some((device) => device.id === parent && device.reason?.code === reason?.code);
    return reason && !isSaid ? [`${id}: ${oneLine(session.sentence(reason))}`] : [];
  });
  return [...formatTable(columns(session, parents), devices, output.columns, output.style.dim), ...reasons];
};

const columns = (session: Session, parents: ReadonlyMap<string, string | undefined>): Column<DeviceState>[] => {
  const { text, locale, output } = session;
  const amount = (value: number | undefined, unit: string): string =>
    value === undefined ? '' : `${formatNumber(value, locale, 0)} ${unit}`;
  return [
    { title: text('column-device'), cell: ({ id }) => `${'└ '.repeat(depthOf(id, parents))}${id}` },
    { title: text('column-kind'), cell: ({ kind }) => kind.toUpperCase() },
    { title: text('column-name'), most: 32, cell: ({ name }) => name },
    { title: text('column-load'), isRight: true, cell: ({ utilization }) => amount(utilization, '%') },
    { title: text('column-memory'), cell: ({ memory }) => memoryText(session, memory) },
    { title: text('column-temperature'), isRight: true, cell: ({ temperatureC }) => amount(temperatureC, '°C') },
    { title: text('column-power'), isRight: true, cell: ({ powerW }) => amount(powerW, 'W') },
    {
      title: text('column-state'),
      cell: ({ state }) => text(`device-${state}`),
      style: (word, { state }) => (state === 'ready' ? word : state === 'drained' ? output.style.yellow(word) : output.style.red(word)),
    },
    { title: text('column-jobs'), cell: ({ jobs }) => jobs.map(({ id }) => id).join(' ') },
  ];
};

const depthOf = (id: string, parents: ReadonlyMap<string, string | undefined>): number => {
  const parent = parents.get(id);
  return parent === undefined ? 0 : 1 + depthOf(parent, parents);
};

const memoryText = ({ text, locale }: Session, memory: DeviceState['memory']): string => {
  if (!memory) return '';
  const total = formatBytes(memory.totalBytes, locale);
  return memory.usedBytes === undefined ? total : text('used-of', { used: formatBytes(memory.usedBytes, locale), total });
};
