import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { noCore } from '../failure.ts';
import { attachToCore, coreFlags, nodeProgram } from '../reach-core.ts';
import type { Core } from '../core-client.ts';
import type { Session, Verb } from '../session.ts';

export const serve: Verb = {
  name: 'serve',
  usage: '',
  summary: 'verb-serve',
  flags: [],
  examples: ['switchyard serve', 'switchyard serve --data /srv/switchyard'],
  run: async (session) => {
    const running = await attachToCore(session.place);
    if (running) {
      await showAddress(session, running);
      session.output.say(session.text('served-already'));
      return 0;
    }
    return runInForeground(session);
  },
};

/** The core as a child that shares this terminal: Ctrl-C reaches both, and the core decides how to end. */
const runInForeground = async (session: Session): Promise<number> => {
  const { entriesFolder, dataFolder } = session.place;
  // The core writes nothing to stdout that a program could want, so its words join the messages.
  const child = spawn(nodeProgram(entriesFolder), [...coreFlags, join(entriesFolder, 'headless.js'), '--data', dataFolder], {
    stdio: ['inherit', 2, 2],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void (signal === 'SIGINT' || child.kill(signal)));
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
    child.once('error', () => resolve(1));
  });
  const core = await Promise.race([ended, firstAnswer(session)]);
  if (typeof core === 'number') throw noCore('core-not-started', { detail: '' });
  await showAddress(session, core);
  session.output.say(session.text('serving'));
  return ended;
};

const firstAnswer = async ({ place }: Session): Promise<Core> => {
  for (;;) {
    const core = await attachToCore(place);
    if (core) return core;
    await delay(50, undefined, { ref: false });
  }
};

const showAddress = async ({ output }: Session, { client }: Core): Promise<void> => {
  const { address } = await client.app.open();
  if (output.isJson) output.printJson({ address });
  else output.print(address);
};
