import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Builds out/ when a part of it is missing or older than the newest source; says so on stderr and stays silent otherwise. */
export const ensureBuilt = async (root: string): Promise<void> => {
  if (isFresh(root)) return;
  const unlock = await lockBuild(root);
  try {
    // Another process may have built while this one waited.
    if (!isFresh(root)) build(root);
  } finally {
    unlock();
  }
};

/** The last file that each of the three builds writes. */
const products = ['out/main/cli.js', 'out/main/headless.js', 'out/main/worker.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];
const sources = ['electron', 'shared', 'renderer', 'electron.vite.config.ts', 'package-lock.json'];

const isFresh = (root: string): boolean => {
  const built = products.map((path) => modifiedAt(join(root, path)));
  const oldest = Math.min(...built);
  return oldest > 0 && sources.every((path) => newestIn(join(root, path)) <= oldest);
};

const modifiedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Latest change of a file or of any file in a folder; tests are not built. */
const newestIn = (path: string): number => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : found.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestIn(join(path, name))), 0);
};

const build = (root: string): void => {
  process.stderr.write('Building Switchyard …\n');
  const vite = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error('The build failed; its messages are above.');
};

/** One build at a time: a file made exclusively, holding the builder's process id so that a dead builder's lock is taken over. */
const lockBuild = async (root: string): Promise<() => void> => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const path = join(root, '.cache/build.lock');
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    try {
      const lock = openSync(path, 'wx');
      writeSync(lock, String(process.pid));
      closeSync(lock);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!isBuilderAlive(path)) rmSync(path, { force: true });
    else await delay(200);
  }
  throw new Error(`Another build did not end; if none runs, remove ${path}.`);
};

const isBuilderAlive = (lockPath: string): boolean => {
  try {
    const pid = Number(readFileSync(lockPath, 'utf8'));
    // Empty for the instant between making the file and writing to it.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

if (import.meta.main) {
  try {
    await ensureBuilt(resolve(import.meta.dirname, '../..'));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
