import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { makeFolder } from '../core/lib/make-folder.ts';
import { wrongInput } from './failure.ts';

/** The absolute path of a file that can be read and is not empty; says what is wrong with it before any job is made. */
export const readableFile = (path: string): string => {
  const absolute = resolve(path);
  const found = find(absolute, path);
  if (found.isDirectory()) throw wrongInput({ code: 'file-is-folder', values: { path } });
  if (!found.isFile()) throw wrongInput({ code: 'file-not-plain', values: { path } });
  checkReadable(absolute, path);
  if (found.size === 0) throw wrongInput({ code: 'file-empty', values: { path } });
  return absolute;
};

/** The absolute path of a file or folder that can be read. */
export const readablePath = (path: string): string => {
  const absolute = resolve(path);
  find(absolute, path);
  checkReadable(absolute, path);
  return absolute;
};

/** All of a file or a pipe. */
export const readContent = (path: string): Promise<Buffer> => {
  const absolute = resolve(path);
  if (find(absolute, path).isDirectory()) throw wrongInput({ code: 'file-is-folder', values: { path } });
  checkReadable(absolute, path);
  return readFile(absolute);
};

/** The absolute path of a folder that exists. */
export const existingFolder = (path: string): string => {
  const absolute = resolve(path);
  try {
    if (statSync(absolute).isDirectory()) return absolute;
  } catch (error) {
    const isDenied = (error as NodeJS.ErrnoException).code === 'EACCES';
    throw wrongInput({ code: isDenied ? 'file-unreadable' : 'folder-missing', values: { path } });
  }
  throw wrongInput({ code: 'not-a-folder', values: { path } });
};

/** The absolute path of a folder that results can be written to; made when it is not there. */
export const writableFolder = (path: string): string => {
  const absolute = resolve(path);
  if (isOtherThanFolder(absolute)) throw wrongInput({ code: 'not-a-folder', values: { path } });
  try {
    makeFolder(absolute);
    accessSync(absolute, constants.W_OK);
  } catch {
    throw wrongInput({ code: 'not-writable', values: { path } });
  }
  return absolute;
};

const isOtherThanFolder = (absolute: string): boolean => {
  try {
    return !statSync(absolute).isDirectory();
  } catch {
    return false;
  }
};

const find = (absolute: string, path: string): Stats => {
  try {
    return statSync(absolute);
  } catch (error) {
    const isDenied = (error as NodeJS.ErrnoException).code === 'EACCES';
    throw wrongInput({ code: isDenied ? 'file-unreadable' : 'file-missing', values: { path } });
  }
};

const checkReadable = (absolute: string, path: string): void => {
  try {
    accessSync(absolute, constants.R_OK);
  } catch {
    throw wrongInput({ code: 'file-unreadable', values: { path } });
  }
};
