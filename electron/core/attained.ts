import type { Attained, TaskRequest } from './scheduler-port.ts';

/**
 * What a task has had once it is ended after so many seconds, the last of which its end took: what it did before counts where it takes up
 * its work again, which is thought to take as long as its grace.
 */
export const attainedAfter = (
  { attained, preemptible }: Pick<TaskRequest, 'attained' | 'preemptible'>,
  ran: { readonly seconds: number; readonly endSeconds: number },
  since: number,
): Attained => {
  const before = attained?.seconds ?? 0;
  if (preemptible?.losesWork) return { seconds: Math.max(before, ran.seconds), since };
  const gained = ran.seconds - ran.endSeconds - (preemptible?.graceSeconds ?? 0);
  return { seconds: before + ran.seconds, creditSeconds: (attained?.creditSeconds ?? 0) + gained, since };
};

/** Seconds of its work that are done when it starts. */
export const secondsDone = ({ attained, preemptible }: Pick<TaskRequest, 'attained' | 'preemptible'>): number =>
  preemptible?.losesWork ? 0 : (attained?.seconds ?? 0);
