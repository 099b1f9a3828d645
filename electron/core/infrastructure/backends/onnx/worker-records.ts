import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { statOf } from '../../../lib/process-tree.ts';

/** Which worker processes this core has, written down so that the next core can end those that outlive it. */
export interface WorkerRecords {
  /** Ends what an earlier core left and clears its records. */
  endLeftovers(): Promise<void>;
  add(slot: string, pid: number): Promise<void>;
  remove(slot: string): Promise<void>;
}

export const createWorkerRecords = (folder: string): WorkerRecords => ({
  endLeftovers: async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      await endRecorded(await readFile(path, 'utf8'));
      await rm(path, { force: true });
    }
  },
  add: async (slot, pid) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, slot), `${pid} ${statOf(pid)?.startTime ?? 0}`, { mode: 0o600 });
  },
  remove: (slot) => rm(join(folder, slot), { force: true }),
});

/** A pid alone may by now belong to somebody else; with its start time it is the same process. */
const endRecorded = async (record: string): Promise<void> => {
  const [pid = 0, startTime = 0] = record.split(' ').map(Number);
  const isAlive = (): boolean => {
    const stat = pid > 0 ? statOf(pid) : undefined;
    return stat !== undefined && stat.startTime === startTime && !stat.isZombie;
  };
  while (isAlive()) {
    kill(pid);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal; the next look tells.
  }
};
