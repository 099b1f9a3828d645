import { whileVisible } from './watch.ts';

/** Asks at once, then again and again with a pause between, while somebody looks at the page; answers the function that ends it. */
export const askAgain = (ask: () => Promise<void>, pauseMs: number): (() => void) =>
  whileVisible(document, () => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      await ask();
      if (!isOver) timer = setTimeout(() => void turn(), pauseMs);
    };
    void turn();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  });
