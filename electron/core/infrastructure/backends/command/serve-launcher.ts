import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import type { FromLauncher, LaunchEnd, ToLauncher } from './launcher.ts';
import type { StartProgram } from './programs.ts';

/**
 * Starts what the core asks for and tells how it ends. It ends with the core, at once: a request that a killed core left unread in the
 * channel is not started, because the next core may have taken the attempt back by then.
 */
export const serveLauncher = (corePid: number, start: StartProgram): void => {
  process.on('disconnect', () => process.exit());
  process.on('message', (messages: readonly ToLauncher[]) => {
    for (const message of messages) {
      // The kernel gives a process whose parent has ended to another one, so this tells a killed core at once.
      if (process.ppid !== corePid) process.exit();
      if (message.kind === 'remove') attempt(() => unlinkSync(message.file));
      else launch(message, start);
    }
  });
};

/** How long a start waits to be told: mostly the end is not far, and then both are one message. */
const tellStartMs = 10;

let untold: FromLauncher[] = [];
let tellTimer: NodeJS.Timeout | undefined;

const tell = (message: FromLauncher): void => {
  untold.push(message);
  if (message.kind === 'ended') tellAll();
  else tellTimer ??= setTimeout(tellAll, tellStartMs);
};

const tellAll = (): void => {
  clearTimeout(tellTimer);
  tellTimer = undefined;
  // A core that has just ended hears nothing; that its channel is gone ends this process.
  process.send?.(untold, undefined, undefined, () => undefined);
  untold = [];
};

const launch = ({ id, outputFolder, isAgain, ...program }: Extract<ToLauncher, { kind: 'launch' }>, start: StartProgram): void => {
  const ended = (end: Exclude<LaunchEnd, { kind: 'unknown' }>): void => tell({ kind: 'ended', id, end });
  try {
    if (mkdirSync(outputFolder, { recursive: true }) === undefined && !isAgain) return ended({ kind: 'started-before' });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return ended({ kind: 'no-output-folder', error: { code, message } });
  }
  let group = 0;
  start(program, {
    started(pid) {
      group = pid;
      tell({ kind: 'started', id, pid });
    },
    exited(code, signal) {
      // In this order: nobody is left who could still write. A folder that is not empty stays.
      const leftNothing = !isGroupThere(group) && attempt(() => rmdirSync(outputFolder));
      ended({ kind: 'exited', code, signal, leftNothing });
    },
    failed: (error) => ended({ kind: 'not-started', error }),
  });
};

const isGroupThere = (group: number): boolean => attempt(() => process.kill(-group, 0), 'EPERM');

/** Whether it could be done; `soGood` is an error that counts as done. */
const attempt = (step: () => unknown, soGood?: string): boolean => {
  try {
    step();
    return true;
  } catch (error) {
    return soGood !== undefined && (error as NodeJS.ErrnoException).code === soGood;
  }
};
