import type { Notice, Status } from '../../shared/contract/app.ts';
import type { JoinedCore } from './joined-core.ts';

interface DesktopCoreOptions {
  /** Finds or starts a core; called again when one in another process has gone. */
  join(): Promise<JoinedCore>;
  onStatus(status: Status): void;
  onNotice(notice: Notice): void;
  /** The core behind the pages is another one now. */
  onChange(): void;
  onLost(error: unknown): void;
}

/** The core of the moment: the shell talks to whichever it is and follows it when it changes. */
export interface DesktopCore {
  current(): JoinedCore;
  status(): Status | undefined;
  close(): Promise<void>;
}

export const openDesktopCore = async (options: DesktopCoreOptions): Promise<DesktopCore> => {
  const abort = new AbortController();
  const { signal } = abort;
  let status: Status | undefined;
  let current = await options.join();

  const watch = async (): Promise<void> => {
    const { client } = current;
    await Promise.all([
      forEach(await client.app.watch({}, { signal }), (next) => {
        status = next;
        options.onStatus(next);
      }),
      forEach(await client.app.notices({}, { signal }), options.onNotice),
    ]);
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      // Both streams fail when their core goes away; `ended` is what says so.
      watch().catch((error: unknown) => {
        if (!signal.aborted && current.isOwn) options.onLost(error);
      });
      await current.ended;
      if (signal.aborted) return;
      current = await options.join();
      options.onChange();
    }
  };
  follow().catch(options.onLost);

  return {
    current: () => current,
    status: () => status,
    close: () => {
      abort.abort();
      return current.close();
    },
  };
};

const forEach = async <Value>(values: AsyncIterable<Value>, use: (value: Value) => void): Promise<void> => {
  for await (const value of values) use(value);
};
