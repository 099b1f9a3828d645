interface MessageSource {
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/**
 * A way to listen to a utility process that misses nothing: Electron drops a message that comes while nobody listens, and the core
 * listens only once it has written the process down. What came before waits, in order, for the one listener.
 */
export const listenFromTheStart = (source: MessageSource): ((listener: (message: unknown) => void) => void) => {
  const waiting: unknown[] = [];
  let deliver = (message: unknown): void => void waiting.push(message);
  source.on('message', (message) => deliver(message));
  return (listener) => {
    deliver = listener;
    waiting.splice(0).forEach(listener);
  };
};
