import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { NewArtifact } from '../../ports.ts';

export interface CollectLimits {
  /** Files beyond this are left where they are. */
  readonly files: number;
  readonly depth: number;
}

const defaultLimits: CollectLimits = { files: 10_000, depth: 32 };

/**
 * The result files below a folder, sorted by name. Only regular files count: links could lead out of the folder, and reading
 * a device or a pipe could hang. A missing folder is an empty result.
 */
export const collectFiles = async (folder: string, limits: CollectLimits = defaultLimits): Promise<NewArtifact[]> => {
  const names: string[] = [];
  await walk(folder, '', limits, names);
  names.sort();
  return names.map((name) => ({ name, mediaType: mediaTypeOf(name), path: join(folder, name) }));
};

const walk = async (folder: string, prefix: string, limits: CollectLimits, names: string[]): Promise<void> => {
  if (prefix.split('/').length > limits.depth) return;
  for (const entry of await entriesOf(join(folder, prefix))) {
    if (names.length >= limits.files) return;
    if (entry.isDirectory()) await walk(folder, `${prefix}${entry.name}/`, limits, names);
    else if (entry.isFile()) names.push(prefix + entry.name);
  }
};

/** Empty for a folder that is not there or that may not be read (a command may have taken its own rights away). */
const entriesOf = async (folder: string): Promise<Dirent[]> => {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
};

const mediaTypes: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.csv': 'text/csv',
  '.flac': 'audio/flac',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

const mediaTypeOf = (name: string): string => mediaTypes[extname(name).toLowerCase()] ?? 'application/octet-stream';
