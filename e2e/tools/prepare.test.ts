import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;

/** A checkout of two packages, one of them for another platform, and an npm that only writes down that it was called. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-prepare-'));
  for (const folder of ['e2e/tools', 'node_modules/.bin', 'bin', 'resources/models/gathered'])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'prepare.mjs'), join(root, 'e2e/tools/prepare.mjs'));
  writeLock('package-lock.json', {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  });
  writeLock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "$@" >> '${join(root, 'npm-calls')}'\n`);
  chmodSync(join(root, 'bin/npm'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const writeLock = (path: string, packages: Record<string, unknown>): void =>
  writeFileSync(join(root, path), JSON.stringify({ packages: { '': {}, ...packages } }));

const prepare = (...words: string[]) =>
  spawnSync(process.execPath, [join(root, 'e2e/tools/prepare.mjs'), '--quick', '--no-build', ...words], {
    encoding: 'utf8',
    env: { PATH: [join(root, 'bin'), process.env['PATH']].join(delimiter) },
  });

const npmCalls = (): string => (existsSync(join(root, 'npm-calls')) ? readFileSync(join(root, 'npm-calls'), 'utf8') : '');

test("a ready checkout goes straight to the command, with the project's Node first and its exit code passed on", () => {
  const { status, stdout, stderr } = prepare('--', 'sh', '-c', 'command -v node; pwd; exit 7');
  expect({ status, stdout, stderr, calls: npmCalls() }).toEqual({
    status: 7,
    stdout: `${join(root, 'node_modules/.bin/node')}\n${root}\n`,
    stderr: '',
    calls: '',
  });
});

test.each<[string, () => void]>([
  ['nothing is installed', () => rmSync(join(root, 'node_modules'), { recursive: true })],
  ['another version is installed', () => writeLock('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } })],
  ['a package is missing', () => writeLock('node_modules/.package-lock.json', {})],
])('packages are installed when %s, and stdout stays clean', (_, spoil) => {
  spoil();
  const { status, stdout, stderr } = prepare('--', 'echo', 'done');
  expect({ status, stdout, stderr, calls: npmCalls() }).toEqual({
    status: 0,
    stdout: 'done\n',
    stderr: 'Installing packages (npm ci) …\n',
    calls: 'ci\n',
  });
});

test('a step that fails ends it before the command, with a sentence', () => {
  rmSync(join(root, 'node_modules/.package-lock.json'));
  writeFileSync(join(root, 'bin/npm'), '#!/bin/sh\nexit 3\n');
  const { status, stdout, stderr } = prepare('--', 'echo', 'done');
  expect([status, stdout, stderr]).toEqual([3, '', 'Installing packages (npm ci) …\nnpm ci failed with exit code 3.\n']);
});

test('a program that is not there is exit code 127', () => {
  expect(prepare('--', 'no-such-program')).toMatchObject({
    status: 127,
    stderr: expect.stringContaining('no-such-program could not be started'),
  });
});
