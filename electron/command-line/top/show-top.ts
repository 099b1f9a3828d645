import { render, Text, useApp, useInput, useWindowSize } from 'ink';
import { createElement, useEffect, useState, type ReactNode } from 'react';
import type { Session } from '../session.ts';
import { sorts, topLines, type Sort, type TopState } from './top-view.ts';

/** Tells the state again and again, with lists of processes every second when they are watched, until the signal aborts. */
export type WatchTop = (watchesProcesses: boolean, signal: AbortSignal) => AsyncIterable<TopState>;

interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadableStream;
}

/** The live view in a terminal; resolves when the person leaves it, rejects when the core is lost. */
export const showTop = async (session: Session, watch: WatchTop, { stdout, stdin }: Streams): Promise<void> => {
  const view = render(createElement(Top, { session, watch }), {
    stdout,
    stdin,
    interactive: true,
    alternateScreen: true,
    patchConsole: false,
    incrementalRendering: true,
    // Once a second is what there is to see; the rest is for keys.
    maxFps: 10,
  });
  await view.waitUntilExit();
};

const Top = ({ session, watch }: { session: Session; watch: WatchTop }): ReactNode => {
  const { exit } = useApp();
  const size = useWindowSize();
  const [state, setState] = useState<TopState>();
  const [showsProcesses, setShowsProcesses] = useState(false);
  const [sort, setSort] = useState<Sort>('start');

  useInput((input) => {
    if (input === 'q') exit();
    if (input === 'p') setShowsProcesses(!showsProcesses);
    if (input === 's') setSort(sorts[(sorts.indexOf(sort) + 1) % sorts.length] ?? 'start');
  });

  useEffect(() => {
    const stop = new AbortController();
    const follow = async (): Promise<void> => {
      try {
        for await (const next of watch(showsProcesses, stop.signal)) setState(next);
      } catch (error) {
        if (!stop.signal.aborted) exit(error instanceof Error ? error : new Error(String(error)));
      }
    };
    void follow();
    return () => stop.abort();
  }, [watch, showsProcesses, exit]);

  const lines = state ? topLines(session, state, { showsProcesses, sort }, size) : [session.text('top-asking')];
  return createElement(Text, { wrap: 'truncate' }, lines.join('\n'));
};
