import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { statOf } from '../../../lib/process-tree.ts';

/** Whether a pid still belongs to the wrapper that claimed a state file: the file's path is one of its arguments. */
export const isWrapper = async (pid: number, stateFile: string): Promise<boolean> => {
  if (process.platform !== 'linux') return (await commandLineOf(pid)).includes(` ${stateFile} `);
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(stateFile);
  } catch {
    return false;
  }
};

/**
 * Whether a process that is not the wrapper has its pid now. While anything of the wrapper's group lives, the kernel gives the
 * pid to nobody; so without another holder, what is in the group is ours. A process that is just dying shows no arguments and is
 * not yet a zombie: it gets the moment it needs.
 */
export const isHeldByAnother = async (pid: number): Promise<boolean> => {
  if (process.platform !== 'linux') return (await commandLineOf(pid)) !== '';
  for (const deadline = performance.now() + 1_000; performance.now() < deadline; await delay(5)) {
    const holder = statOf(pid);
    if (!holder || holder.isZombie) return false;
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '') return true;
  }
  return true;
};

/** Empty when there is no such process. */
const commandLineOf = (pid: number): Promise<string> =>
  new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'args=', '-p', String(pid)], (error, stdout) => resolve(error ? '' : stdout));
  });
