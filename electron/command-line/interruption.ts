/** Ctrl-C, as the verb that runs wants to understand it. */
export interface Interruption {
  /** Aborts at the first Ctrl-C. Until somebody asks for it, Ctrl-C ends the program at once. */
  readonly signal: AbortSignal;
}

/** Listens for Ctrl-C from the first look at `signal` on; the second one leaves at once with `exitCode`. */
export const createInterruption = (exitCode: number): Interruption => {
  const abort = new AbortController();
  let isListening = false;
  return {
    get signal() {
      if (!isListening) {
        isListening = true;
        process.on('SIGINT', () => {
          if (abort.signal.aborted) process.exit(exitCode);
          abort.abort();
        });
      }
      return abort.signal;
    },
  };
};
