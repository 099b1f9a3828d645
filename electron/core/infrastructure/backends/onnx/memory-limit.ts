import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { treeOf } from '../../../lib/process-tree.ts';

/**
 * Limits what a worker may allocate, where the system can (prlimit of util-linux); false where it cannot. The kernel
 * counts private writable address space, of which Node has much that it never touches: thread stacks and heaps kept
 * for later. So the limit is what was asked for and, on top, what lies there untouched now; resident memory then ends at about
 * the limit. An allocation beyond it fails inside the worker, which says so; the worker is not used again after that.
 */
export const limitMemory = async (rootPid: number, limitBytes: number | 'unlimited'): Promise<boolean> => {
  if (process.platform !== 'linux') return false;
  // A confinement stands between the core and the worker: the last process of the tree is the worker itself.
  const pid = treeOf(rootPid).at(-1) ?? rootPid;
  const value = limitBytes === 'unlimited' ? limitBytes : String(limitBytes + (await untouchedBytes(pid)));
  return new Promise((resolve) => {
    // Only the soft limit, which may be raised again without privileges.
    execFile('prlimit', ['--pid', String(pid), `--data=${value}:`], (error) => resolve(error === null));
  });
};

const untouchedBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return parseUntouchedBytes(status);
};

/** From /proc/PID/status, in which sizes are in kB. */
export const parseUntouchedBytes = (status: string): number => {
  const kilobytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return Math.max(0, kilobytes('VmData') - kilobytes('RssAnon')) * 1024;
};
