import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '../../../../shared/model/artifact.ts';
import type { FileRef } from '../../../../shared/model/job.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { NewArtifact } from '../../ports.ts';
import type { Journal } from './journal.ts';
import type { Write } from './journal-writes.ts';
import type { Layout } from './layout.ts';
import type { Reader } from './reader.ts';
import { createSweep } from './sweep.ts';

/** Up to this size an artifact lies in the journal, where it costs no sync of its own. */
const inlineBytes = 64 * 1024;
/** Kept free on the data folder's disk, so that the journal can always be written. */
const diskReserveBytes = 64 * 1024 * 1024;
const uploadLimitBytes = 64 * 1024 ** 3;

export interface OpenArtifact {
  readonly bytes: number;
  readonly mediaType: string;
  /** Both ends count; without a range all of it. */
  read(range?: { start: number; end: number }): Readable;
}

interface KeptArtifact {
  readonly artifact: Artifact;
  readonly write: Write;
  settled(): void;
}

/** Bytes by content: results of jobs and files that were uploaded. */
export interface FileStore {
  /** Takes over a result file. The row that it answers must be written together with the job's end, and `settled` called after that. */
  keep(artifact: NewArtifact): Promise<KeptArtifact>;
  /** Deletes the files that are left of what was removed, also by an earlier core. */
  sweep(): Promise<void>;
  /** Where an artifact's file would lie, and an upload's; under the data folder. */
  readonly places: { artifact(sha256: string): string; upload(id: string): string };
  open(sha256: string): Promise<OpenArtifact | undefined>;
  receive(
    name: string,
    contentLength: number | undefined,
    stream: Readable,
    signal: AbortSignal,
  ): Promise<{ fileId: string; sha256: string; bytes: number }>;
  /** Where a file that a job names lies on this machine; the name is what the person called it. */
  resolve(file: FileRef): { path: string; name: string };
}

export const createFileStore = (options: { layout: Layout; journal: Journal; reader: Reader; now: () => number }): FileStore => {
  const { layout, journal, reader } = options;
  const artifactPath = (sha256: string): string => join(layout.artifacts, sha256.slice(0, 2), sha256);
  const places: FileStore['places'] = {
    artifact: (sha256) => relative(layout.root, artifactPath(sha256)),
    upload: (id) => relative(layout.root, join(layout.uploads, id)),
  };
  /** How often each is being kept by a job whose end is not in the journal yet. */
  const unsettled = new Map<string, number>();
  const { sweep } = createSweep({ ...options, isKept: (sha256) => unsettled.has(sha256) });

  const keepBytes = (name: string, mediaType: string, content: Uint8Array): KeptArtifact => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const bytes = content.byteLength;
    return {
      artifact: { name, sha256, bytes, mediaType },
      write: ['insertArtifact', { sha256, bytes, content }],
      settled: () => undefined,
    };
  };

  const keepFile = async (name: string, mediaType: string, path: string): Promise<KeptArtifact> => {
    const { sha256, bytes } = await reader.hashFile(path);
    // Before it is looked whether the same content lies there already: from now on nobody deletes that.
    const settled = hold(sha256);
    try {
      await moveDurably(path, artifactPath(sha256));
    } catch (error) {
      settled();
      throw error;
    }
    return { artifact: { name, sha256, bytes, mediaType }, write: ['insertArtifact', { sha256, bytes, content: null }], settled };
  };

  const hold = (sha256: string): (() => void) => {
    unsettled.set(sha256, (unsettled.get(sha256) ?? 0) + 1);
    return () => {
      const left = (unsettled.get(sha256) ?? 1) - 1;
      if (left > 0) unsettled.set(sha256, left);
      else unsettled.delete(sha256);
    };
  };

  return {
    places,
    sweep,
    async keep(artifact) {
      const { name, mediaType } = artifact;
      if ('bytes' in artifact && artifact.bytes.byteLength <= inlineBytes) return keepBytes(name, mediaType, artifact.bytes);
      if ('bytes' in artifact) {
        const path = join(layout.artifacts, `new-${randomUUID()}`);
        await pipeline(Readable.from([artifact.bytes]), createWriteStream(path, { mode: 0o600 }));
        return keepFile(name, mediaType, path);
      }
      const { size } = await stat(artifact.path);
      if (size <= inlineBytes) return keepBytes(name, mediaType, await readFile(artifact.path));
      return keepFile(name, mediaType, artifact.path);
    },

    async open(sha256) {
      const found = await reader.artifact(sha256);
      if (!found) return undefined;
      const mediaType = found.media_type ?? 'application/octet-stream';
      const { content } = found;
      if (content) {
        return {
          bytes: found.bytes,
          mediaType,
          read: (range) => Readable.from([range ? content.subarray(range.start, range.end + 1) : content]),
        };
      }
      const path = artifactPath(sha256);
      return { bytes: found.bytes, mediaType, read: (range) => createReadStream(path, range ?? {}) };
    },

    async receive(name, contentLength, stream, signal) {
      const limit = Math.min(uploadLimitBytes, await freeBytes(layout.uploads));
      refuseBeyond(name, contentLength ?? 0, limit, layout.uploads);
      const fileId = randomUUID();
      const path = join(layout.uploads, fileId);
      const hash = createHash('sha256');
      let bytes = 0;
      const measure = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          hash.update(chunk);
          try {
            refuseBeyond(name, bytes, limit, layout.uploads);
            done(null, chunk);
          } catch (error) {
            done(error as Error); // refuseBeyond throws nothing but a Refusal
          }
        },
      });
      try {
        await pipeline(stream, measure, createWriteStream(path, { mode: 0o600, flush: true }), { signal });
        const sha256 = hash.digest('hex');
        await journal.append([['insertUpload', { id: fileId, name, sha256, bytes, at: options.now() }]]);
        return { fileId, sha256, bytes };
      } catch (error) {
        await rm(path, { force: true });
        throw isNoSpace(error) ? new Refusal({ code: 'disk-full', values: { path: layout.uploads } }) : error;
      }
    },

    resolve: (file) =>
      'path' in file
        ? { path: file.path, name: baseName(file.path) }
        : { path: join(layout.uploads, safeId(file.fileId)), name: file.name },
  };
};

/** Moves a file to its place so that a crash leaves either nothing or all of it; the same content may lie there already. */
const moveDurably = async (from: string, to: string): Promise<void> => {
  const exists = await stat(to).then(
    () => true,
    () => false,
  );
  if (exists) return rm(from, { force: true });
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const temporary = `${to}.${randomUUID()}`;
  await rename(from, temporary).catch(() => copyFile(from, temporary).then(() => rm(from, { force: true })));
  await syncPath(temporary);
  await rename(temporary, to);
  await syncPath(dirname(to));
};

const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize - diskReserveBytes;
};

const refuseBeyond = (name: string, bytes: number, limit: number, folder: string): void => {
  if (bytes <= limit) return;
  if (limit < uploadLimitBytes) throw new Refusal({ code: 'disk-full', values: { path: folder } });
  throw new Refusal({ code: 'file-too-large', values: { path: name, bytes, limitBytes: limit } });
};

const isNoSpace = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;

/** An id is a file name in the uploads folder, so nothing but a UUID may pass. */
const safeId = (fileId: string): string => {
  if (!/^[0-9a-f-]{36}$/.test(fileId)) throw new Refusal({ code: 'file-unknown', values: { fileId } });
  return fileId;
};
