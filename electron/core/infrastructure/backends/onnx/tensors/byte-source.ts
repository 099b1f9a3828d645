import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BadInput } from '../bad-input.ts';

/** A file's bytes, read where they are wanted: a header first, the rest only when the header is right. */
export interface ByteSource {
  /** What the person called the file. */
  readonly name: string;
  readonly size: number;
  /** Fewer bytes than asked for only at the end of the file. The memory is not shared with other reads. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

export const bytesSource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.byteLength,
  read: (offset, length) => bytes.subarray(offset, offset + length),
  close: () => undefined,
});

/** One read call moves less than 2 GiB on every system. */
const largestRead = 1 << 30;

/** For the worker only: reading blocks. */
export const fileSource = (name: string, path: string): ByteSource => {
  const descriptor = openFile(name, path);
  return {
    name,
    size: fstatSync(descriptor).size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = readSync(descriptor, bytes, done, Math.min(length - done, largestRead), offset + done);
        if (count === 0) break;
        done += count;
      }
      return done === length ? bytes : bytes.subarray(0, done);
    },
    close: () => closeSync(descriptor),
  };
};

const openFile = (name: string, path: string): number => {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new BadInput({ code: missing ? 'file-missing' : 'file-unreadable', values: { path: name } });
  }
};
