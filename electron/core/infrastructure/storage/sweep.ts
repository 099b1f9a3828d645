import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Journal } from './journal.ts';
import type { Layout } from './layout.ts';
import type { Reader } from './reader.ts';

const filesAtOnce = 100;

interface SweepOptions {
  readonly layout: Layout;
  readonly journal: Journal;
  readonly reader: Reader;
  /** Whether a job takes over this content whose end is not in the journal yet. */
  readonly isKept: (sha256: string) => boolean;
}

/**
 * Deletes what removed jobs have left on the disk. Its list is in the journal, written with the removal and shortened when files
 * are gone, so that a crash in between leaves nothing behind.
 */
export const createSweep = ({ layout, journal, reader, isKept }: SweepOptions): { sweep(): Promise<void> } => {
  let turn: Promise<void> = Promise.resolve();

  const sweepAll = async (): Promise<void> => {
    for (let paths = await reader.leftovers(filesAtOnce); paths.length > 0; paths = await reader.leftovers(filesAtOnce)) {
      const gone: string[] = [];
      for (const path of paths) if (await remove(path)) gone.push(path);
      if (gone.length === 0) return;
      await journal.record(gone.map((path) => ['removeLeftover', { path }]));
    }
  };

  /** Whether it need not be tried again. */
  const remove = async (path: string): Promise<boolean> => {
    const full = join(layout.root, path);
    const isArtifact = dirname(dirname(full)) === layout.artifacts;
    if (isArtifact && (await reader.artifact(basename(full)))) return true;
    // Nothing is awaited between this look and the renaming, so that no job finds the content there and then loses it.
    if (isArtifact && isKept(basename(full))) return false;
    const going = isArtifact ? moveAside(full, join(layout.artifacts, `gone-${basename(full)}`)) : full;
    return rm(going, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
  };

  return { sweep: () => (turn = turn.then(sweepAll)) };
};

const moveAside = (from: string, to: string): string => {
  try {
    renameSync(from, to);
  } catch {
    // It has gone already, perhaps to its new name.
  }
  return to;
};
