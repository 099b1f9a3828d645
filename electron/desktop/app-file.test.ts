import fc from 'fast-check';
import { sep } from 'node:path';
import { expect, test } from 'vitest';
import { resolveAppFile } from './app-file.ts';

const folder = '/opt/switchyard/renderer';

test('a built file is served with its media type', () => {
  expect(resolveAppFile(folder, '/assets/index-1a2b.js')).toEqual({
    path: `${folder}/assets/index-1a2b.js`,
    mediaType: 'text/javascript; charset=utf-8',
  });
});

test('every page of the app is index.html, so that a reload works on any page', () => {
  for (const pathname of ['/', '/queue', '/jobs/12']) expect(resolveAppFile(folder, pathname)?.path).toBe(`${folder}/index.html`);
});

test('a file of an unknown kind is not served', () => {
  expect(resolveAppFile(folder, '/assets/index.js.map')).toBeUndefined();
  expect(resolveAppFile(folder, '/.env')).toEqual({ path: `${folder}/index.html`, mediaType: 'text/html; charset=utf-8' });
});

test('a path that climbs out, however it is written, names no file outside', () => {
  for (const pathname of [
    '/../secret.js',
    '/%2e%2e/secret.js',
    '/a/..%2f..%2f..%2fsecret.js',
    '/..%5csecret.js',
    '//etc/hosts.js',
    '/%00.js',
    '/%zz.js',
  ]) {
    expect(resolveAppFile(folder, pathname)?.path ?? folder).toMatch(/^\/opt\/switchyard\/renderer/);
  }
  expect(resolveAppFile(folder, '/../renderer-of-another/secret.js')).toBeUndefined();
});

test('no path at all leaves the folder', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('..', '.', '%2e%2e', '%2f', '/', '\\', '%5c', '%00', '%252e', 'a.js', 'etc'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom('', '.js', '.html', '/x.png'), (pieces, end) => {
      const file = resolveAppFile(folder, `/${pieces.join('/')}${end}`);
      return file === undefined || file.path.startsWith(`${folder}${sep}`);
    }),
    { numRuns: 3000 },
  );
});
