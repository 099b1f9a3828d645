import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Reservation } from '../../../shared/contract/scheduler.ts';
import type { GanttSpan } from '../../graphs/gantt-props.ts';
import { groupColour } from '../../ui/group-colour.ts';

/**
 * When a device, or some of its cores or of the machine's memory, is kept for which group: now or next. What is kept of a device is kept of
 * its shares.
 */
export const reservedSpans = (
  { id, kind, parent }: Pick<DeviceState, 'id' | 'kind' | 'parent'>,
  reservations: readonly Reservation[],
): readonly GanttSpan[] =>
  reservations.flatMap(({ id: number, group, devices, cores, memoryBytes, next }) => {
    const isNamed = devices.includes(id) || (parent !== undefined && devices.includes(parent));
    const isProcessor = (cores !== undefined || memoryBytes !== undefined) && kind === 'cpu' && parent === undefined;
    return next && (isNamed || isProcessor) ? [{ key: String(number), ...next, label: group, colour: groupColour(group) }] : [];
  });
