import { expect, test } from 'vitest';
import { findLockFileFaults } from './check-lock-file.ts';

const manifest = { dependencies: { zod: '4.6.7' }, devDependencies: {} };
const root = { dependencies: { zod: '4.6.7' } };

test('a whole lock file has no fault', () => {
  const packages = { '': root, 'node_modules/oxlint': { optionalDependencies: { 'oxlint-linux': '1' } }, 'node_modules/oxlint-linux': {} };
  expect(findLockFileFaults({ packages }, manifest)).toEqual([]);
});

test("a platform's package that was left out is named with its parent", () => {
  const packages = { '': root, 'node_modules/a/node_modules/oxlint': { optionalDependencies: { '@oxlint/win32': '1' } } };
  expect(findLockFileFaults({ packages }, manifest)).toEqual([
    'node_modules/a/node_modules/oxlint wants @oxlint/win32, which package-lock.json does not hold: pin an earlier version of the parent',
  ]);
});

test('a package from another registry is named', () => {
  const packages = { '': root, 'node_modules/zod': { resolved: 'https://mirror.example/zod.tgz' } };
  expect(findLockFileFaults({ packages }, manifest)).toEqual(['node_modules/zod comes from https://mirror.example/zod.tgz']);
});

test('a manifest that was changed without the lock file is named', () => {
  const faults = findLockFileFaults({ packages: { '': { dependencies: { zod: '4.0.0' } } } }, manifest);
  expect(faults).toEqual(['dependencies of package.json and package-lock.json differ: run npm install']);
});
