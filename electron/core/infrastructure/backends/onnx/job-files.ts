import { close, constants, open, read, type BigIntStats } from 'node:fs';
import { copyFile, link, lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { NewArtifact } from '../../../ports.ts';
import { BadInput } from './bad-input.ts';
import { outsideWeightsOf } from './outside-weights.ts';
import { mostInlineBytes, type ModelFile, type WorkerFile } from './protocol.ts';
import type { WorkerArtifact } from './worker-message.ts';

/** A file as a job names it: where it is, what the person called it, and how a sentence about it names it. */
export interface GivenFile {
  readonly path: string;
  readonly name: string;
  readonly shown: string;
}

/** A model and what tells it, with its weights, from another one at the same path. */
export const identifyModel = async ({ path, name, shown }: GivenFile): Promise<ModelFile> => {
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw unreadable(error, shown);
  });
  refuseOtherThanFile(stats, shown);
  const outside = await outsideWeightsOf(path);
  const others = await Promise.all(outside.map((one) => stat(one, { bigint: true }).then(identityOf, () => '')));
  return { path, name, identity: [identityOf(stats), ...others].join(' ') };
};

const identityOf = ({ dev, ino, size, mtimeNs }: BigIntStats): string => `${dev}:${ino}:${size}:${mtimeNs}`;

/** A small file's bytes as they are, which saves the worker every look at the disk; the path of a large one. */
export const takeFile = async ({ path, name, shown }: GivenFile): Promise<WorkerFile> => {
  const start = await readStart(path).catch((error: unknown) => {
    throw unreadable(error, shown);
  });
  if (start.byteLength === 0) throw new BadInput({ code: 'file-empty', values: { path: shown } });
  // A copy, so that the message does not carry the room for the largest.
  return start.byteLength > mostInlineBytes ? { name, path } : { name, bytes: Uint8Array.from(start) };
};

/**
 * The first bytes of a file, one more than may travel in a message. Callbacks and no look at its size, because this stands in
 * the way of every job; not blocking, because opening a pipe that nobody writes to would wait for ever.
 */
const readStart = (path: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    open(path, constants.O_RDONLY | constants.O_NONBLOCK, (openError, file) => {
      if (openError) return reject(openError);
      const start = Buffer.allocUnsafe(mostInlineBytes + 1);
      read(file, start, 0, start.byteLength, 0, (readError, count) => {
        close(file);
        if (readError) reject(readError);
        else resolve(start.subarray(0, count));
      });
    });
  });

const refuseOtherThanFile = (stats: { isFile(): boolean; isDirectory(): boolean; size: number | bigint }, path: string): void => {
  if (stats.isDirectory()) throw new BadInput({ code: 'file-is-folder', values: { path } });
  if (!stats.isFile()) throw new BadInput({ code: 'file-not-plain', values: { path } });
  if (Number(stats.size) === 0) throw new BadInput({ code: 'file-empty', values: { path } });
};

const unreadable = (error: unknown, path: string): BadInput => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known: Record<string, FailReason['code']> = { ENOENT: 'file-missing', ENOTDIR: 'file-missing', EISDIR: 'file-is-folder' };
  return new BadInput({ code: (known[String(code)] ?? 'file-unreadable') as 'file-unreadable', values: { path } });
};

/** What one confined worker can reach: `in` is shown read-only as /in, `out` as /out; both hold only what belongs to its job. */
export interface SlotFolders {
  readonly root: string;
  readonly inputs: string;
  readonly outputs: string;
}

export const makeSlotFolders = async (root: string): Promise<SlotFolders> => {
  const folders = { root, inputs: join(root, 'in'), outputs: join(root, 'out') };
  await mkdir(folders.inputs, { recursive: true, mode: 0o700 });
  await mkdir(folders.outputs, { recursive: true, mode: 0o700 });
  return folders;
};

/** Puts a file where a confined worker sees it; the path is the one inside. */
export const stageFile = async (file: GivenFile, index: number, folders: SlotFolders): Promise<{ name: string; path: string }> => {
  const staged = `${index}${extname(file.name)}`;
  const target = join(folders.inputs, staged);
  // A link to a symbolic link would lead nowhere inside.
  const source = await realpath(file.path).catch((error: unknown) => {
    throw unreadable(error, file.shown);
  });
  // No hard link to another disk or to a file of somebody else; a copy shares its blocks where the file system can.
  await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
  return { name: file.name, path: `/in/${staged}` };
};

/** After a job that staged or wrote something, so that the next one finds only its own. */
export const clearSlotFolders = async (folders: SlotFolders): Promise<void> => {
  for (const folder of [folders.inputs, folders.outputs]) {
    // The folder itself stays: it is what the confinement has mounted.
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  }
};

/** Large results as the worker left them, taken into the attempt's folder. Only plain files: a link could lead anywhere. */
export const collectArtifacts = async (artifacts: readonly WorkerArtifact[], from: string, folder: string): Promise<NewArtifact[]> => {
  const collected: NewArtifact[] = [];
  for (const artifact of artifacts) {
    const { name, mediaType, joined } = artifact;
    const common = { name, mediaType, ...(joined && { joined }) };
    if ('bytes' in artifact) {
      collected.push({ ...common, bytes: artifact.bytes });
      continue;
    }
    const source = join(from, artifact.file);
    const path = join(folder, basename(artifact.file));
    // Moved first: there the worker cannot exchange it any more.
    if (source !== path) await rename(source, path);
    if (!(await lstat(path)).isFile()) throw new Error(`the worker named ${artifact.file}, which is not a plain file`);
    collected.push({ ...common, path });
  }
  return collected;
};
