import type { Scheduler, SchedulerSnapshot } from '../../scheduler-port.ts';
import { createScheduler } from './scheduler.ts';

/**
 * A scheduler that goes on from where another one stood: told the same from then on it decides the same. It is paused, so that nothing
 * starts before whoever asked has looked; `resumed` lets it go on.
 */
export const fromSnapshot = (snapshot: SchedulerSnapshot): Scheduler => {
  const { at, policy, capacity, groups, use, reserved, hours, running, waiting, unavailable, remembered } = snapshot;
  const scheduler = createScheduler({ policy, isPaused: true, capacity, groups, use, reserved, hours, remembered });
  for (const [backend, detail] of Object.entries(unavailable)) {
    scheduler.apply({ kind: 'backendChanged', backend, unavailable: detail }, at);
  }
  for (const one of running) scheduler.apply({ kind: 'recovered', ...one }, at);
  for (const task of waiting) scheduler.apply({ kind: 'submitted', task }, at);
  return scheduler;
};
