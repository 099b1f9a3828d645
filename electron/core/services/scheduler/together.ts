import type { TaskRequest } from '../../scheduler-port.ts';

/** How many tasks of a set hold a grant, where only so many may. */
export interface Together {
  add(task: TaskRequest): void;
  remove(task: TaskRequest): void;
  isFull(task: TaskRequest): boolean;
}

export const createTogether = (): Together => {
  const counts = new Map<string, number>();

  const change = ({ together }: TaskRequest, by: 1 | -1): void => {
    if (!together) return;
    const count = (counts.get(together.set) ?? 0) + by;
    if (count > 0) counts.set(together.set, count);
    else counts.delete(together.set);
  };

  return {
    add: (task) => change(task, 1),
    remove: (task) => change(task, -1),
    isFull: ({ together }) => together !== undefined && (counts.get(together.set) ?? 0) >= together.atMost,
  };
};
