import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'switchyard-folders-'));
afterAll(() => rmSync(root, { recursive: true }));

test('makes all that are missing with their mode, and leaves one that is there', () => {
  const path = join(root, 'a', 'b 🚂', 'c');
  makeFolder(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  makeFolder(path, 0o755);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(/EEXIST/);
  expect(() => makeFolder(join(file, 'below'))).toThrow(/ENOTDIR/);
});

test.skipIf(process.platform !== 'linux')('a place that takes no folders is an error and not an endless wait', () => {
  expect(() => makeFolder('/proc/switchyard/data')).toThrow(/ENOENT/);
});
