import type { FileRef } from '../../../shared/model/job.ts';

/** A file at hand: one that the page was given, or one that the core finds by itself. */
export interface Staged {
  name: string;
  /** Absent where only the core can see the file. */
  bytes?: number;
  source: File | FileRef;
}

export const stagedFile = (file: File): Staged => ({ name: file.name, bytes: file.size, source: file });

export const stagedRef = (ref: FileRef): Staged => ({ name: 'path' in ref ? baseName(ref.path) : ref.name, source: ref });

/** The last part of a path of either kind of system. */
const baseName = (path: string): string => /[^/\\]+(?=[/\\]*$)/.exec(path)?.[0] ?? path;
