import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PolicyName, PolicyOutcome, WhatIf } from '../../../shared/contract/scheduler.ts';
import type { Connection, Problem } from '../../connection.ts';

/** Which jobs are tried: those that wait now, or those of the last day. */
export type Tried = 'queue' | 'day';

/** What would come of the queue, from a moment on. */
export interface Preview extends PolicyOutcome {
  from: number;
}

export interface WhatIfState {
  source: Tried;
  /** What each policy would make of it; of an earlier try until the next one has come. */
  whatIf: WhatIf | undefined;
  isRunning: boolean;
  /** How long the last try took. */
  tookMs: number;
  /** When it was asked for. */
  triedAt: number;
  problem: Problem | undefined;
  /** The queue as it would go on under a policy that is looked at and not in use. */
  preview: Preview | undefined;
  /** The policy whose preview is shown or on its way. */
  looked: PolicyName | undefined;
}

export interface WhatIfStore extends StoreApi<WhatIfState> {
  /** Plays the jobs under every policy. */
  ask: () => Promise<void>;
  choose: (source: Tried) => Promise<void>;
  /** Looks at one policy's plan; none goes back to the real one. */
  look: (policy: PolicyName | undefined) => Promise<void>;
}

const dayMs = 86_400_000;
/** As many runs as a plan lists. */
const previewedRuns = 500;

export const createWhatIfStore = (connection: Connection): WhatIfStore => {
  const store = createStore<WhatIfState>(() => ({
    source: 'queue',
    whatIf: undefined,
    isRunning: false,
    tookMs: 0,
    triedAt: 0,
    problem: undefined,
    preview: undefined,
    looked: undefined,
  }));
  let turn = 0;

  const ask = async () => {
    const mine = (turn += 1);
    const triedAt = Date.now();
    const { source } = store.getState();
    store.setState({ isRunning: true, problem: undefined });
    try {
      const played = source === 'queue' ? { kind: source } : { kind: 'recorded' as const, from: triedAt - dayMs, to: triedAt };
      const whatIf = await connection.api.scheduler.whatIf({ source: played, runs: 0 });
      if (mine === turn) store.setState({ whatIf, triedAt, tookMs: Date.now() - triedAt, isRunning: false });
    } catch (error) {
      if (mine === turn) store.setState({ isRunning: false, problem: connection.problemOf(error) });
    }
  };
  const look = async (policy: PolicyName | undefined) => {
    store.setState({ looked: policy, preview: undefined });
    if (policy === undefined) return;
    try {
      const { outcomes, from } = await connection.api.scheduler.whatIf({ policies: [policy], runs: previewedRuns });
      // Somebody may look at another one by now.
      const found = outcomes.find((outcome) => outcome.policy === policy);
      if (store.getState().looked === policy && found) store.setState({ preview: { ...found, from } });
    } catch (error) {
      if (store.getState().looked === policy) store.setState({ looked: undefined, problem: connection.problemOf(error) });
    }
  };
  const choose = async (source: Tried) => {
    store.setState({ source, whatIf: undefined });
    await ask();
  };
  return { ...store, ask, look, choose };
};
