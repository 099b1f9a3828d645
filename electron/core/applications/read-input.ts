import { open } from 'node:fs/promises';
import type { FailReason } from '../../../shared/model/reason.ts';
import { InputError } from './input-error.ts';

/** A file as a person named it, and where its bytes are. */
export interface InputFile {
  readonly path: string;
  readonly name: string;
}

/** The bytes of one file. Its size is looked at before a byte is read, so that a huge sparse file costs nothing. */
export const readInput = async (file: InputFile, limitBytes: number): Promise<Buffer> => {
  const bytes = await readWithin(file, limitBytes).catch((error: unknown) => {
    const reason = unreadable(error, file.name);
    if (reason === undefined) throw error;
    throw new InputError(reason, { cause: error });
  });
  if (bytes.length === 0) throw new InputError({ code: 'file-empty', values: { path: file.name } });
  return bytes;
};

const readWithin = async (file: InputFile, limitBytes: number): Promise<Buffer> => {
  const handle = await open(file.path, 'r');
  try {
    const { size } = await handle.stat();
    if (size > limitBytes) throw new InputError({ code: 'file-too-large', values: { path: file.name, bytes: size, limitBytes } });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

const unreadable = (error: unknown, path: string): FailReason | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return { code: 'file-missing', values: { path } };
  if (code === 'EACCES' || code === 'EPERM') return { code: 'file-unreadable', values: { path } };
  if (code === 'EISDIR') return { code: 'file-is-folder', values: { path } };
  return undefined;
};
