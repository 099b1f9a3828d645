import { spawn } from 'node:child_process';
import type { Verb } from '../session.ts';

export const open: Verb = {
  name: 'open',
  usage: '',
  summary: 'verb-open',
  flags: [],
  examples: ['switchyard open'],
  run: async ({ core, output, text, environment }) => {
    const { client } = await core();
    const { address, redirectFile } = await client.app.open();
    const opener = desktopOpener(process.platform, environment);
    // The file, never the address: a command's arguments can be read by every user of the machine.
    const isOpened = opener !== undefined && (await start(opener, redirectFile));
    if (output.isJson) output.printJson({ address, isOpened });
    else output.print(address);
    output.say(text(isOpened ? 'opened' : 'open-by-hand'));
    return 0;
  },
};

/** The program that opens a file as a double click would; undefined where there is no desktop to open it on. */
export const desktopOpener = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): readonly string[] | undefined => {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
};

/** Resolves true once the program runs; it goes on without us. */
const start = ([program = '', ...parameters]: readonly string[], file: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, [...parameters, file], { detached: true, stdio: 'ignore' });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
    child.once('error', () => resolve(false));
  });
