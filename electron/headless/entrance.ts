import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Handlers } from '../core/dispatch.ts';
import { Refusal } from '../core/lib/refusal.ts';
import type { Door } from './gate.ts';
import { readToken } from './token.ts';

/** How a person and a program get in: the address, the token and one-time codes. Made before the router, which answers with them. */
export interface Entrance {
  /** Known once the server listens. */
  door(): Door | undefined;
  /** Reads or makes the token; before that nothing in the data folder is touched, which may be another core's. */
  listening(port: number): Promise<void>;
  /** The page's token for a code that has not been used and is not older than 60 seconds. */
  exchange(code: string): Promise<string | undefined>;
  /** The two calls of the contract that only this shell can answer. */
  readonly handlers: Pick<Handlers['app'], 'open' | 'token'>;
  /** Removes the redirect files. */
  close(): Promise<void>;
}

export interface EntranceOptions {
  readonly dataFolder: string;
  /** How long a one-time address may be used. */
  readonly codeMs?: number;
}

export const createEntrance = ({ dataFolder, codeMs = 60_000 }: EntranceOptions): Entrance => {
  const runFolder = join(dataFolder, 'run');
  const codes = new Map<string, { redirectFile: string; timer: NodeJS.Timeout }>();
  let door: Door | undefined;

  const openDoor = (): Door => {
    if (!door) throw new Refusal({ code: 'unavailable', values: { ability: 'The window in a browser' } });
    return door;
  };

  const withdraw = async (code: string): Promise<boolean> => {
    const entry = codes.get(code);
    if (!entry) return false;
    codes.delete(code);
    clearTimeout(entry.timer);
    await rm(entry.redirectFile, { force: true });
    return true;
  };

  const open = async (): Promise<{ address: string; redirectFile: string }> => {
    const code = randomBytes(32).toString('hex');
    const address = `http://${openDoor().pageHost}/#code=${code}`;
    const redirectFile = join(runFolder, `open-${randomBytes(8).toString('hex')}.html`);
    // A file that cannot be removed holds a code that is dead by then.
    const timer = setTimeout(() => void withdraw(code).catch(() => {}), codeMs);
    timer.unref();
    codes.set(code, { redirectFile, timer });
    await writeFile(redirectFile, redirectPage(address), { mode: 0o600, flag: 'wx' }).catch(async (error: NodeJS.ErrnoException) => {
      await withdraw(code);
      throw error.code === 'ENOSPC' ? new Refusal({ code: 'disk-full', values: { path: runFolder } }) : error;
    });
    return { address, redirectFile };
  };

  return {
    door: () => door,
    listening: async (port) => {
      const token = await readToken(dataFolder);
      await mkdir(runFolder, { recursive: true, mode: 0o700 });
      await removeOldRedirects(runFolder);
      door = doorAt(port, token);
    },
    exchange: async (code) => ((await withdraw(code)) ? door?.pageToken : undefined),
    handlers: {
      open,
      token: () => ({ token: openDoor().token, address: `http://${openDoor().programHosts[0]}` }),
    },
    close: async () => void (await Promise.all([...codes.keys()].map(withdraw))),
  };
};

const doorAt = (port: number, token: string): Door => ({
  // Random, so that a page of another user cannot know the origin that our page has.
  pageHost: `${randomBytes(16).toString('hex')}.localhost:${port}`,
  programHosts: [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`],
  token,
  pageToken: randomBytes(32).toString('hex'),
});

/** Those of a core that was killed; their codes died with it. */
const removeOldRedirects = async (folder: string): Promise<void> => {
  const names = await readdir(folder);
  await Promise.all(names.filter((name) => /^open-[0-9a-f]+\.html$/.test(name)).map((name) => rm(join(folder, name), { force: true })));
};

/**
 * The browser is given this file (0600) and not the address, because every user of the machine can read the arguments of
 * a program. The address holds only hexadecimal digits, dots, slashes and such, so nothing needs escaping.
 */
const redirectPage = (address: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="referrer" content="no-referrer" />
    <meta http-equiv="refresh" content="0; url=${address}" />
    <title>Switchyard</title>
  </head>
  <body>
    <a href="${address}">Switchyard</a>
  </body>
</html>
`;
