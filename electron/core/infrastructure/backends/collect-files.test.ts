import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectFiles } from './collect-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collect-files-'));
  await mkdir(join(folder, 'deep', 'er 🚂'), { recursive: true });
  for (const name of ['b.PNG', 'a.json', 'deep/er 🚂/no-extension', 'deep/.hidden']) await writeFile(join(folder, name), name);
  await symlink('/etc', join(folder, 'link-to-folder'));
  await symlink('/etc/hostname', join(folder, 'link-to-file'));
  await symlink('/no/such/thing', join(folder, 'dangling'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the result files of a folder', () => {
  test('regular files are taken by name, with their kind; links are not followed', async () => {
    expect(await collectFiles(folder)).toEqual([
      { name: 'a.json', mediaType: 'application/json', path: join(folder, 'a.json') },
      { name: 'b.PNG', mediaType: 'image/png', path: join(folder, 'b.PNG') },
      { name: 'deep/.hidden', mediaType: 'application/octet-stream', path: join(folder, 'deep/.hidden') },
      { name: 'deep/er 🚂/no-extension', mediaType: 'application/octet-stream', path: join(folder, 'deep/er 🚂/no-extension') },
    ]);
  });

  test('a folder that is not there, or is a file, holds none', async () => {
    expect(await collectFiles(join(folder, 'missing'))).toEqual([]);
    expect(await collectFiles(join(folder, 'a.json'))).toEqual([]);
  });

  test('more files than the limit, and folders deeper than the limit, are left', async () => {
    expect(await collectFiles(folder, { files: 1, depth: 32 })).toHaveLength(1);
    expect((await collectFiles(folder, { files: 100, depth: 1 })).map(({ name }) => name)).toEqual(['a.json', 'b.PNG']);
  });
});
