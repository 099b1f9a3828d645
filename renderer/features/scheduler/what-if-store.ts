import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PolicyName, PolicyOutcome, WhatIf, WhatIfStep } from '../../../shared/contract/scheduler.ts';
import type { Connection, Problem } from '../../connection.ts';

/** Which jobs are tried: those that wait now, or those of the last day. */
export type Tried = 'queue' | 'day';

/** What would come of the queue, from a moment on. */
export interface Preview extends PolicyOutcome {
  from: number;
}

export interface WhatIfState {
  source: Tried;
  /** What each policy would make of it; of an earlier try until the next one has come, and while there is none of the policies tried so far. */
  whatIf: WhatIf | undefined;
  isRunning: boolean;
  /** How much of the running try is done, from 0 to 1. */
  share: number;
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
  /** Nobody looks any more: what is being tried is left. */
  leave: () => void;
  /** Looks at one policy's plan; none goes back to the real one. */
  look: (policy: PolicyName | undefined) => Promise<void>;
}

const dayMs = 86_400_000;
/** As many runs as a plan lists. */
const previewedRuns = 500;

/** Whether it tells of at least as many policies as what is shown. */
const isMore = (whatIf: WhatIf, shown: WhatIf | undefined): boolean => whatIf.outcomes.length >= (shown?.outcomes.length ?? 0);

export const createWhatIfStore = (connection: Connection): WhatIfStore => {
  const store = createStore<WhatIfState>(() => ({
    source: 'queue',
    whatIf: undefined,
    isRunning: false,
    share: 0,
    tookMs: 0,
    triedAt: 0,
    problem: undefined,
    preview: undefined,
    looked: undefined,
  }));
  let asking = new AbortController();
  let looking = new AbortController();

  const ask = async () => {
    // The core leaves what nobody waits for.
    asking.abort();
    const mine = (asking = new AbortController());
    const triedAt = Date.now();
    const { source } = store.getState();
    store.setState({ isRunning: true, share: 0, problem: undefined });
    const take = ({ share, whatIf }: WhatIfStep) => {
      if (mine.signal.aborted) return;
      if (share === 1) store.setState({ whatIf, triedAt, tookMs: Date.now() - triedAt, isRunning: false });
      else store.setState((before) => ({ share, ...(isMore(whatIf, before.whatIf) && { whatIf }) }));
    };
    const played = source === 'queue' ? { kind: source } : { kind: 'recorded' as const, from: triedAt - dayMs, to: triedAt };
    await connection.openStream({
      open: (credit, signal) => connection.api.scheduler.watchWhatIf({ source: played, runs: 0, credit }, { signal }),
      onValue: take,
      onProblem: (problem) => {
        if (!mine.signal.aborted) store.setState({ isRunning: false, problem });
      },
      signal: mine.signal,
    });
  };
  const look = async (policy: PolicyName | undefined) => {
    looking.abort();
    const { signal } = (looking = new AbortController());
    store.setState({ looked: policy, preview: undefined });
    if (policy === undefined) return;
    try {
      const { outcomes, from } = await connection.api.scheduler.whatIf({ policies: [policy], runs: previewedRuns }, { signal });
      const found = outcomes.find((outcome) => outcome.policy === policy);
      if (!signal.aborted && found) store.setState({ preview: { ...found, from } });
    } catch (error) {
      if (!signal.aborted) store.setState({ looked: undefined, problem: connection.problemOf(error) });
    }
  };
  const leave = () => {
    asking.abort();
    store.setState({ isRunning: false });
    void look(undefined);
  };
  const choose = async (source: Tried) => {
    store.setState({ source, whatIf: undefined });
    await ask();
  };
  return { ...store, ask, look, choose, leave };
};
