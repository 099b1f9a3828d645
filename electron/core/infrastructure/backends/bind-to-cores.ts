import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Work that must stay on certain cores and cannot be kept there; the message is a sentence for the person. */
export class NotBound extends Error {
  override readonly name = 'NotBound';
}

/** 0,2-4 as `taskset -c` and cpusets take it. */
export const coreList = (coreIds: readonly number[]): string => coreIds.join(',');

/** The words before a command line that keep it, and all that it starts, on these cores; nothing when any will do. */
export const boundTo = async (coreIds: readonly number[] | undefined, path = process.env['PATH']): Promise<string[]> =>
  coreIds ? [await tasksetOf(coreIds, path), '-c', coreList(coreIds)] : [];

/** Binds every thread of a process that runs already; threads that they start later are bound as they are. */
export const bindProcess = async (pid: number, coreIds: readonly number[]): Promise<void> => {
  const taskset = await tasksetOf(coreIds, process.env['PATH']);
  const problem = await new Promise<string | undefined>((resolve) => {
    execFile(taskset, ['-a', '-c', '-p', coreList(coreIds), String(pid)], (error, _, stderr) => {
      resolve(error ? stderr.trim() || error.message : undefined);
    });
  });
  if (problem !== undefined) throw new NotBound(`It cannot be kept on cores ${coreList(coreIds)}: ${problem}.`);
};

const tasksetOf = async (coreIds: readonly number[], path = ''): Promise<string> => {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, 'taskset');
    if (await isProgram(file)) return file;
  }
  throw new NotBound(
    `To keep it on cores ${coreList(coreIds)} the program taskset is needed, which is not installed (package util-linux).`,
  );
};

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
