import type { Connection, Stream } from './connection.ts';

/** Starts reading a stream and answers how to stop. */
export const watch = <Value>(connection: Connection, stream: Omit<Stream<Value>, 'signal'>): (() => void) => {
  const controller = new AbortController();
  void connection.openStream({ ...stream, signal: controller.signal });
  return () => controller.abort();
};

/** Keeps something going only while the page can be seen. */
export const whileVisible = (page: Document, start: () => () => void): (() => void) => {
  let stop: (() => void) | undefined;
  const follow = () => {
    if (page.visibilityState === 'hidden') {
      stop?.();
      stop = undefined;
    } else {
      stop ??= start();
    }
  };
  page.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    page.removeEventListener('visibilitychange', follow);
    stop?.();
  };
};
