import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Plan, PlannedRun } from '../../../shared/model/plan.ts';
import type { Connection, Problem } from '../../connection.ts';
import { watch, whileVisible } from '../../watch.ts';

export interface PlanState {
  /** Undefined before the first one has come, and again when nobody looks. */
  plan: Plan | undefined;
  /** Of each waiting job that is planned: when it should start. */
  starts: ReadonlyMap<number, PlannedRun>;
  problem: Problem | undefined;
}

/** Who runs next, where and when, live while somebody looks. */
export interface PlanStore extends StoreApi<PlanState> {
  watch: () => () => void;
}

/** Waiting jobs that are planned: more than a window shows, and few enough to send every second. */
const plannedJobs = 500;

export const createPlanStore = (connection: Connection): PlanStore => {
  const nothing: PlanState = { plan: undefined, starts: new Map(), problem: undefined };
  const store = createStore<PlanState>(() => nothing);
  const start = () =>
    watch(connection, {
      open: (credit, signal) => connection.api.scheduler.watchPlan({ limit: plannedJobs, credit }, { signal }),
      onValue: (plan) => store.setState({ plan, starts: startsOf(plan), problem: undefined }),
      onProblem: (problem) => store.setState({ problem }),
    });
  let watchers = 0;
  return {
    ...store,
    watch: () => {
      watchers += 1;
      const stop = whileVisible(document, start);
      return () => {
        stop();
        watchers -= 1;
        // A plan that nobody keeps up to date would be wrong by the next look.
        if (watchers === 0) store.setState(nothing, true);
      };
    },
  };
};

const startsOf = ({ runs }: Plan): ReadonlyMap<number, PlannedRun> => {
  const starts = new Map<number, PlannedRun>();
  // Of several parts of a job the first is when it starts.
  for (const run of runs) if (run.kind === 'planned' && !starts.has(run.job.id)) starts.set(run.job.id, run);
  return starts;
};
