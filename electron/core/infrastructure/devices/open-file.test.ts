import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLifetime } from '../../lib/lifetime.ts';
import { openFile } from './open-file.ts';

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

test('each reading gives the present content, however long', async () => {
  const path = join(makeFolder(), 'stat');
  const lifetime = createLifetime();
  writeFileSync(path, 'cpu 1\n');
  const file = openFile(path, lifetime);
  expect(file?.read()).toBe('cpu 1\n');
  const long = 'x'.repeat(100_000);
  writeFileSync(path, long);
  expect(file?.read()).toBe(long);
  writeFileSync(path, 'short');
  expect(file?.read()).toBe('short');
  await lifetime.dispose();
});

test('a file that was closed gives nothing, though its number may name another file by then', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'stat'), 'ours');
  writeFileSync(join(folder, 'other'), 'theirs');
  const lifetime = createLifetime();
  const file = openFile(join(folder, 'stat'), lifetime);
  await lifetime.dispose();
  const next = createLifetime();
  openFile(join(folder, 'other'), next);
  expect(file?.read()).toBeUndefined();
  await next.dispose();
});

test('what is not there cannot be opened, and a folder cannot be read', async () => {
  const folder = makeFolder();
  const lifetime = createLifetime();
  expect(openFile(join(folder, 'absent'), lifetime)).toBeUndefined();
  expect(openFile(folder, lifetime)?.read()).toBeUndefined();
  await lifetime.dispose();
});
