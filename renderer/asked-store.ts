import { createStore, type StoreApi } from 'zustand/vanilla';
import { askAgain } from './ask-again.ts';
import type { Connection, Problem } from './connection.ts';

/** An answer of the core under its name, undefined before the first one, and why there was none of late. */
type Asked<Answer> = { [Name in keyof Answer]: Answer[Name] | undefined } & { problem: Problem | undefined };

/** What the core answers, asked for again and again while somebody looks. */
export interface AskedStore<Answer> extends StoreApi<Asked<Answer>> {
  watch: () => () => void;
  /** Asks at once, after something was changed. */
  refresh: () => Promise<void>;
}

interface Options<Answer> {
  readonly connection: Connection;
  /** As it is before the first answer. */
  readonly initial: Asked<Answer>;
  readonly pauseMs: number;
  readonly ask: () => Promise<Partial<Asked<Answer>>>;
}

export const createAskedStore = <Answer extends object>({ connection, initial, pauseMs, ask }: Options<Answer>): AskedStore<Answer> => {
  const store = createStore<Asked<Answer>>(() => initial);
  const problemIs = (problem: Problem | undefined): Partial<Asked<Answer>> => ({ problem }) as Partial<Asked<Answer>>; // no name of an answer is `problem`
  let asked = 0;
  const refresh = async () => {
    const turn = (asked += 1);
    try {
      const answer = await ask();
      // An answer that was overtaken by a later question is older than what was asked since.
      if (turn === asked) store.setState({ ...answer, ...problemIs(undefined) });
    } catch (error) {
      if (turn === asked) store.setState(problemIs(connection.problemOf(error)));
    }
  };
  return { ...store, refresh, watch: () => askAgain(refresh, pauseMs) };
};
