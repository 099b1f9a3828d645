import { access, constants, open, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import type { FailReason } from '../../../../../shared/model/reason.ts';

/** What is wrong with a folder that a command could not be run in. */
export const whyFolderFails = async (folder: string): Promise<FailReason | undefined> => {
  try {
    if (!(await stat(folder)).isDirectory()) return { code: 'not-a-folder', values: { path: folder } };
    await access(folder, constants.X_OK);
    return undefined;
  } catch (error) {
    return { code: isDenied(error) ? 'file-unreadable' : 'folder-missing', values: { path: folder } };
  }
};

export const noSuchProgram = 'there is no such program in the folders of PATH.';

/**
 * Why a shell that was told to run a program answered 126 or 127; undefined when the program can be run, so that the code is its
 * own. Looked at afterwards, because a look before every start would cost each command two system calls.
 */
export const whyProgramFails = async (program: string, folder: string, path: string): Promise<string | undefined> => {
  if (program === '') return 'the name of the program is empty.';
  const candidates = program.includes('/')
    ? [resolve(folder, program)]
    : path.split(delimiter).map((part) => resolve(folder, part, program));
  const found = await Promise.all(candidates.map(whyFileFails));
  const first = found.find((why) => why !== 'missing');
  if (first === undefined) {
    return program.includes('/') ? 'there is no such file.' : noSuchProgram;
  }
  return first === 'runs' || found.includes('runs') ? undefined : first;
};

const whyFileFails = async (file: string): Promise<string> => {
  try {
    if ((await stat(file)).isDirectory()) return 'it is a folder.';
    await access(file, constants.X_OK);
  } catch (error) {
    if (isDenied(error)) return 'it may not be run. Check its permissions.';
    return 'missing';
  }
  return whyInterpreterFails(file);
};

const whyInterpreterFails = async (file: string): Promise<string> => {
  const interpreter = /^#!\s*(\S+)/.exec(await headOf(file))?.[1];
  if (interpreter === undefined) return 'runs';
  try {
    await access(interpreter, constants.X_OK);
    return 'runs';
  } catch {
    return `its first line names ${interpreter}, which is not there or may not be run.`;
  }
};

/** Empty for a program that may be run but not read. */
const headOf = async (file: string): Promise<string> => {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
};

/** Why the shell that runs a command could not be spawned, folder apart. */
export const whySpawnFails = ({ code, message }: { readonly code: string; readonly message: string }): string => {
  if (code === 'E2BIG') return 'the command line is longer than this system allows.';
  if (code === 'ERR_INVALID_ARG_VALUE') return 'the command, a variable or the folder holds a NUL character.';
  if (code === 'EAGAIN' || code === 'ENOMEM') return `the system refused another process (${code}).`;
  if (code === 'EMFILE' || code === 'ENFILE') return `too many files are open (${code}).`;
  return `${message}.`;
};

/** Why a file cannot be made or appended to, judged by the error of an attempt to. */
export const writeReasonOf = (error: unknown, path: string): FailReason => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return { code: code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'not-writable', values: { path } };
};

/** Why a log could not be opened for appending; undefined when it can be. */
export const whyLogFails = async (logFile: string): Promise<FailReason | undefined> => {
  try {
    await (await open(logFile, 'a')).close();
    return undefined;
  } catch (error) {
    return writeReasonOf(error, logFile);
  }
};

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
