import { copyFileSync, mkdirSync, openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { mostInlineBytes } from './protocol.ts';
import type { ArtifactJoin } from '../../../ports.ts';
import type { WorkerArtifact } from './worker-message.ts';

/** A result of a job before it is known how it travels: pieces of bytes, or a file that was written elsewhere. */
export type Produced = { readonly name: string; readonly mediaType: string; readonly joined?: ArtifactJoin } & (
  { readonly pieces: readonly Uint8Array[] } | { readonly path: string }
);

/** Small results go into the answer; when they are more than that together, all go to the output folder. */
export const deliverArtifacts = (produced: readonly Produced[], outputFolder: string): WorkerArtifact[] => {
  const total = produced.reduce((sum, item) => sum + ('pieces' in item ? lengthOf(item.pieces) : Infinity), 0);
  if (total > mostInlineBytes) mkdirSync(outputFolder, { recursive: true });
  return produced.map((item, index) => {
    const { name, mediaType, joined } = item;
    const common = { name, mediaType, ...(joined && { joined }) };
    if ('pieces' in item && total <= mostInlineBytes) return { ...common, bytes: Uint8Array.from(Buffer.concat(item.pieces)) };
    const file = `artifact-${index}`;
    writeProduced(item, join(outputFolder, file));
    return { ...common, file };
  });
};

const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.byteLength, 0);

/** One write call moves less than 2 GiB on every system. */
const largestWrite = 1 << 30;

const writeProduced = (item: Produced, path: string): void => {
  if ('path' in item) return copyFileSync(item.path, path);
  const descriptor = openSync(path, 'wx');
  try {
    for (const piece of item.pieces) writeAll(descriptor, piece);
  } finally {
    closeSync(descriptor);
  }
};

const writeAll = (descriptor: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.byteLength;) {
    done += writeSync(descriptor, bytes, done, Math.min(bytes.byteLength - done, largestWrite));
  }
};
