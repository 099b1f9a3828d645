import type { Attained, TaskRequest } from './scheduler-port.ts';

/** What a task has had once it is ended after so many seconds: what it did before counts where it takes up its work again. */
export const attainedAfter = (
  { attained, preemptible }: Pick<TaskRequest, 'attained' | 'preemptible'>,
  ranSeconds: number,
  since: number,
): Attained => {
  const before = attained?.seconds ?? 0;
  return { seconds: preemptible?.losesWork ? Math.max(before, ranSeconds) : before + ranSeconds, since };
};

/** Seconds of its work that are done when it starts. */
export const secondsDone = ({ attained, preemptible }: Pick<TaskRequest, 'attained' | 'preemptible'>): number =>
  preemptible?.losesWork ? 0 : (attained?.seconds ?? 0);
