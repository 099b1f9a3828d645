import { createStore } from 'zustand/vanilla';
import type { JobId } from '../../../shared/model/job.ts';
import type { Explanation } from '../../../shared/model/plan.ts';
import type { Connection, Problem } from '../../connection.ts';
import { whileVisible } from '../../watch.ts';
import type { Followed } from './followed.ts';

export interface ExplanationState {
  /** Undefined before the first answer; an older one stands until a newer one has come. */
  explanation: Explanation | undefined;
  problem: Problem | undefined;
}

/** An explanation is played out by the core, so it is asked for again after ten times as long as that took. */
const pauseMs = 4_000;
const pauseTimes = 10;

/** Why a job waits and when it should run, asked for again while somebody looks, until it is stopped. */
export const followExplanation = (connection: Connection, id: JobId): Followed<ExplanationState> => {
  const store = createStore<ExplanationState>(() => ({ explanation: undefined, problem: undefined }));
  const start = () => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      const asked = Date.now();
      try {
        const explanation = await connection.api.jobs.explain({ id });
        if (!isOver) store.setState({ explanation, problem: undefined });
      } catch (error) {
        if (!isOver) store.setState({ problem: connection.problemOf(error) });
      }
      if (!isOver) timer = setTimeout(() => void turn(), Math.max(pauseMs, (Date.now() - asked) * pauseTimes));
    };
    void turn();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  };
  return { ...store, stop: whileVisible(document, start) };
};
