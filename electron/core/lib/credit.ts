/** How many more events each stream of one connection may send. A stream that has none left waits. */
export interface Credits {
  /** Opens the account of a stream; undefined when a stream of that id is open already. */
  open(id: string, window: number): CreditLine | undefined;
  /** The reader has taken `count` more events. An unknown id is a stream that has just ended. */
  add(id: string, count: number): void;
}

export interface CreditLine {
  /** Resolves when one event may be sent, and counts it; false when the signal aborted first. */
  take(signal: AbortSignal): Promise<boolean>;
  close(): void;
}

interface Account {
  left: number;
  readonly window: number;
  wake: () => void;
}

export const createCredits = (): Credits => {
  const accounts = new Map<string, Account>();

  const take = async (account: Account, signal: AbortSignal): Promise<boolean> => {
    while (account.left <= 0 && !signal.aborted) await wakeOrAbort(account, signal);
    if (signal.aborted) return false;
    account.left -= 1;
    return true;
  };

  return {
    open: (id, window) => {
      if (accounts.has(id)) return undefined;
      const account: Account = { left: window, window, wake: () => {} };
      accounts.set(id, account);
      return { take: (signal) => take(account, signal), close: () => void accounts.delete(id) };
    },
    add: (id, count) => {
      const account = accounts.get(id);
      if (!account) return;
      // Never more than the window, so that a reader that acknowledges too much cannot make the host run ahead.
      account.left = Math.min(account.window, account.left + count);
      account.wake();
    },
  };
};

const wakeOrAbort = (account: Account, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    account.wake = done;
    signal.addEventListener('abort', done, { once: true });
  });
