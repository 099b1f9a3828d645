import type { JobSpec } from '../../shared/model/job.ts';
import type { TaskRequest } from './scheduler-port.ts';

interface Divisible {
  readonly id: string;
  readonly parent?: string;
}

/** Of these devices those that a job does not rule out, be it themselves or what they are shares of. */
export const allowedDevices = <Device extends Divisible>(
  { notOn = [] }: { readonly notOn?: readonly string[] },
  devices: readonly Device[],
): readonly Device[] => {
  if (notOn.length === 0) return devices;
  const parents = new Map(devices.map(({ id, parent }) => [id, parent]));
  const isRuledOut = (id: string | undefined): boolean => id !== undefined && (notOn.includes(id) || isRuledOut(parents.get(id)));
  return devices.filter(({ id }) => !isRuledOut(id));
};

/** What a job says of where it runs, as its tasks have it. */
export const placesAskedOf = ({ on, notOn, prefer }: JobSpec['resources']): Pick<TaskRequest, 'on' | 'notOn' | 'prefer'> => ({
  ...(on && { on }),
  ...(notOn && { notOn }),
  ...(prefer && { prefer }),
});
