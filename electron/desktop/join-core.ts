import type { JoinedCore } from './joined-core.ts';

interface Ways {
  /** The core that already has the data folder, when it answers. */
  attach(): Promise<JoinedCore | undefined>;
  /** A core in this process; undefined when another one has the data folder. */
  start(): Promise<JoinedCore | undefined>;
  /** Passes a moment before the other core is asked again. */
  pause(): Promise<unknown>;
}

/** How often a core that neither answers nor lets go of its folder is asked. */
const tries = 100;

/**
 * One core per data folder: the one that runs is asked to hand over, and joined when it must not stop; else a core starts here.
 * Answers undefined when another core holds the folder and does not answer.
 */
export const joinCore = async ({ attach, start, pause }: Ways): Promise<JoinedCore | undefined> => {
  for (let left = tries; left > 0; left -= 1) {
    const running = await attach();
    if (running && !(await handsOver(running))) return running;
    await running?.close();
    const own = await start();
    if (own) return own;
    // The other one is just starting or just ending.
    await pause();
  }
  return undefined;
};

const handsOver = async (core: JoinedCore): Promise<boolean> => {
  try {
    const { agreed } = await core.client.app.handOver();
    if (agreed) await core.ended;
    return agreed;
  } catch {
    // It ended while it was asked, or it is of a version that cannot be asked; attaching again tells which.
    return false;
  }
};
