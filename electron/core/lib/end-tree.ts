import { setTimeout as delay } from 'node:timers/promises';
import { allProcesses, statOf, treeOf, type ProcessStat } from './process-tree.ts';

/**
 * Ends a process group and what came from its leader: SIGTERM, and after the grace SIGKILL. Resolves when none of it is left.
 * Descendants that moved to a group of their own are found while an ancestor of theirs still lives in the tree; a daemon that
 * cut every tie before is out of reach.
 */
export const endTree = async (leader: number, graceMs: number): Promise<void> => {
  const strays = new Map<number, ProcessStat>();
  gatherStrays(leader, strays);
  signalAll(leader, strays, 'SIGTERM');
  // What is paused takes its signal only when it goes on.
  signalAll(leader, strays, 'SIGCONT');
  if (await isGoneWithin(leader, strays, graceMs)) return;
  do {
    gatherStrays(leader, strays);
    signalAll(leader, strays, 'SIGKILL');
  } while (!(await isGoneWithin(leader, strays, 500)));
};

/** Whether anything but zombies is left in a process group. */
export const isGroupAlive = async (group: number): Promise<boolean> => {
  if (!sendSignal(-group, 0)) return false;
  if (process.platform !== 'linux') return true;
  const leader = statOf(group);
  if (leader && !leader.isZombie && leader.group === group) return true;
  // A zombie that nobody has collected yet still counts as a member for kill().
  const all = await allProcesses();
  return all.some((process) => process.group === group && !process.isZombie);
};

const gatherStrays = (leader: number, strays: Map<number, ProcessStat>): void => {
  for (const root of [leader, ...strays.keys()]) {
    for (const pid of treeOf(root).slice(1)) {
      const stat = statOf(pid);
      if (stat && stat.group !== leader) strays.set(pid, stat);
    }
  }
};

const isSame = (known: ProcessStat): boolean => {
  const now = statOf(known.pid);
  return now !== undefined && !now.isZombie && now.startTime === known.startTime;
};

const signalAll = (leader: number, strays: Map<number, ProcessStat>, signal: NodeJS.Signals): void => {
  sendSignal(-leader, signal);
  for (const stray of strays.values()) if (isSame(stray)) sendSignal(stray.pid, signal);
};

const isGoneWithin = async (leader: number, strays: Map<number, ProcessStat>, limitMs: number): Promise<boolean> => {
  const end = performance.now() + limitMs;
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 2, 50)) {
    if (!(await isGroupAlive(leader)) && ![...strays.values()].some(isSame)) return true;
    const leftMs = end - performance.now();
    if (leftMs <= 0) return false;
    await delay(Math.min(waitMs, leftMs));
  }
};

/** A negative pid is a group. False when there is no such process. A process of another user (EPERM) is there. */
export const sendSignal = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
};
