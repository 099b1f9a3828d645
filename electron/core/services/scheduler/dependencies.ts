import { grantedDevices } from '../../grant-place.ts';
import type { Decision, InputsFrom, TaskRequest } from '../../scheduler-port.ts';
import type { Running } from './ledger.ts';
import type { Waiting } from './waiting.ts';

type Rejection = Extract<Decision, { kind: 'reject' }>;

/** Which waiting tasks wait for which others. */
export interface Dependencies {
  /** Takes note of all that it still waits for. */
  add(waiting: Waiting): void;
  forget(waiting: Waiting): void;
  /** Who waits for a task, in the order of their submission, whatever the order in which they came to wait. */
  waitingFor(id: string): Waiting[];
  /**
   * The task has come to its end; `ran` is what it held until then. `met` wait for less than before, and know where it ran; `rejected`
   * will never run, which is an end without success for those that wait for them.
   */
  settle(id: string, succeeded: boolean, ran: Running | undefined): { met: Iterable<Waiting>; rejected: Rejection[] };
}

export const createDependencies = (tasks: ReadonlyMap<string, Waiting>): Dependencies => {
  const dependents = new Map<string, Set<string>>();

  const drop = (task: string, dependency: string): void => {
    const set = dependents.get(dependency);
    set?.delete(task);
    if (set?.size === 0) dependents.delete(dependency);
  };

  const meet = ({ task, unmet }: Waiting, dependency: string): void => {
    unmet.delete(dependency);
    drop(task.id, dependency);
  };

  const waitingFor = (id: string): Waiting[] =>
    [...(dependents.get(id) ?? [])].flatMap((task) => tasks.get(task) ?? []).sort((a, b) => a.task.sequence - b.task.sequence);

  /** Takes the end of one into account; answers the rejection of the other where it follows. */
  const settleOne = (waiting: Waiting, id: string, succeeded: boolean): Rejection | undefined => {
    const link = waiting.unmet.get(id);
    if (!link) return undefined;
    const reject = { kind: 'reject' as const, task: waiting.task.id, because: link.job };
    if (link.when === undefined && !succeeded) return reject;
    meet(waiting, id);
    if (link.when !== 'failed') return undefined;
    const alarms = [...waiting.unmet.values()].filter(({ when }) => when === 'failed');
    if (succeeded) return alarms.length === 0 ? { ...reject, isNotNeeded: true } : undefined;
    for (const { task } of alarms) meet(waiting, task);
    return undefined;
  };

  return {
    waitingFor,
    add({ task, unmet }) {
      for (const dependency of unmet.keys()) {
        const set = dependents.get(dependency) ?? new Set();
        dependents.set(dependency, set.add(task.id));
      }
    },
    forget({ task, unmet }) {
      for (const dependency of unmet.keys()) drop(task.id, dependency);
    },
    settle(id, succeeded, ran) {
      const met = new Set<Waiting>();
      const rejected = new Map<string, Rejection>();
      // Grows while it is walked through.
      const ends = [{ id, succeeded, ran }];
      for (const end of ends) {
        for (const waiting of waitingFor(end.id)) {
          if (rejected.has(waiting.task.id)) continue;
          const rejection = settleOne(waiting, end.id, end.succeeded);
          if (rejection) {
            rejected.set(waiting.task.id, rejection);
            ends.push({ id: waiting.task.id, succeeded: false, ran: undefined });
            continue;
          }
          met.add(waiting);
          if (end.ran) waiting.task = { ...waiting.task, inputsFrom: inputsFrom(end.ran) };
        }
      }
      return { met, rejected: [...rejected.values()] };
    },
  };
};

const inputsFrom = ({ task: { job }, grant }: Running): InputsFrom => ({ job, devices: grantedDevices(grant) });

/** The scheduler saw who ended that a task waited for, which is more than whoever tells of the task may know. */
export const inputsOf = (task: TaskRequest | undefined): Pick<TaskRequest, 'inputsFrom'> =>
  task?.inputsFrom ? { inputsFrom: task.inputsFrom } : {};
