import type { GroupChange, PolicyName, Reservation, ReservationRequest } from '../../../../shared/contract/scheduler.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Scheduler, SchedulerEvent } from '../../scheduler-port.ts';
import type { Machine } from './execution.ts';
import { changedGroup, groupSetting } from './group-settings.ts';
import {
  reservationsNow,
  reservationsSetting,
  reservedParts,
  withoutReservation,
  withReservation,
  type SavedReservations,
} from './reservations.ts';

/** What a person sets of the queue as a whole: it holds at once, and for every later core. */
export interface QueueSettings {
  /** Of the queue. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  setPolicy(policy: PolicyName): Promise<void>;
  setGroup(change: GroupChange): Promise<void>;
  reservations(): Reservation[];
  /** Answers its number. */
  addReservation(asked: ReservationRequest): Promise<number>;
  removeReservation(id: number): Promise<void>;
  /** What the scheduler is told when it is `wakeAt`. */
  timeEvent(): SchedulerEvent;
}

interface SettingsOptions {
  readonly reservations: SavedReservations;
  readonly scheduler: Pick<Scheduler, 'settingsOf' | 'heldUp'>;
  readonly journal: Journal;
  readonly machine: Machine;
  readonly apply: (event: SchedulerEvent) => void;
  readonly now: () => number;
}

export const createQueueSettings = (options: SettingsOptions): QueueSettings => {
  const { scheduler, journal, machine, apply, now } = options;
  let { reservations } = options;

  const keep = (name: string, value: string): Promise<void> => journal.record([['setSetting', { name, value }]]);

  const reserve = async (next: SavedReservations): Promise<void> => {
    reservations = next;
    apply({ kind: 'reservedChanged', parts: reservedParts(next, now()) });
    await keep(reservationsSetting, JSON.stringify(next));
  };

  return {
    async pause() {
      apply({ kind: 'paused' });
      await keep('paused', 'true');
    },
    async resume() {
      apply({ kind: 'resumed' });
      await keep('paused', 'false');
    },
    async setPolicy(policy) {
      apply({ kind: 'policyChanged', policy });
      await keep('policy', policy);
    },
    async setGroup(change) {
      const settings = changedGroup(scheduler.settingsOf(change.name), change);
      apply({ kind: 'groupChanged', group: change.name, settings });
      await keep(groupSetting(change.name), JSON.stringify(settings));
    },
    reservations: () => reservationsNow(reservations, now(), scheduler.heldUp(now())),
    async addReservation(asked) {
      const next = withReservation(reservations, asked, machine.capacity, now());
      await reserve(next);
      return next.lastId;
    },
    removeReservation: (id) => reserve(withoutReservation(reservations, id, now())),
    // One that comes again is worked out for some time ahead, so that more of it comes in sight whenever one is over.
    timeEvent: () =>
      reservations.kept.length > 0 ? { kind: 'reservedChanged', parts: reservedParts(reservations, now()) } : { kind: 'timePassed' },
  };
};
