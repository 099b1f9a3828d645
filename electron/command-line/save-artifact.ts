import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '../../shared/model/artifact.ts';
import type { Core } from './core-client.ts';
import { CommandFailure, exitCodes, wrongInput } from './failure.ts';

/** Copies a result into a folder under its own name and checks its hash on the way; answers the path of the new file. */
export const saveArtifact = async (core: Core, artifact: Artifact, folder: string): Promise<string> => {
  const path = join(folder, ...safeParts(artifact.name));
  // Beside its place, so that it can be renamed; with a short name, because the result's own may be as long as a name can be.
  const temporary = join(dirname(path), `.${process.pid}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await download(core, artifact, temporary);
    await rename(temporary, path);
    return path;
  } catch (error) {
    await rm(temporary, { force: true });
    throw failureOfWriting(error, path) ?? error;
  }
};

/** A result's name cannot leave the folder it is written to, and holds nothing that a file system refuses. */
export const safeParts = (name: string): string[] => {
  const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  // eslint-disable-next-line no-control-regex -- control characters are just what must go
  return parts.length === 0 ? ['result'] : parts.map((part) => shortened(part.replace(/[\u0000-\u001f<>:"|?*]/g, '_')));
};

/** What file systems take of one name. */
const longestName = 255;

/** Cut before its extension: a result is named after its file, with a number before it where there are several. */
const shortened = (name: string): string => {
  const extension = extname(name);
  const letters = Array.from(name.slice(0, name.length - extension.length));
  while (Buffer.byteLength(letters.join('') + extension) > longestName && letters.length > 1) letters.pop();
  return letters.join('') + extension;
};

const download = async (core: Core, { sha256, name }: Artifact, path: string): Promise<void> => {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(await core.openArtifact(sha256), hashing, createWriteStream(path, { flags: 'wx' }));
  if (hash.digest('hex') !== sha256)
    throw new CommandFailure(exitCodes.failed, { kind: 'text', key: 'artifact-damaged', values: { name } });
};

const failureOfWriting = (error: unknown, path: string): CommandFailure | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return wrongInput({ code: 'disk-full', values: { path } });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG')
    return wrongInput({ code: 'not-writable', values: { path } });
  return undefined;
};
