import fc from 'fast-check';
import { expect, test } from 'vitest';
import { artifactNames } from './artifact-names.ts';

test('ordinary names stay as they are', () => {
  expect([...artifactNames(['probs', 'label.1', 'größe'], '.npy').values()]).toEqual(['probs.npy', 'label.1.npy', 'größe.npy']);
});

test('names that lead elsewhere, are hidden or alike become plain and different', () => {
  const names = artifactNames(['../../etc/passwd', '.hidden', 'Y', 'y', 'call:0', ''], '.npy');
  expect([...names.values()]).toEqual(['_.._etc_passwd.npy', 'hidden.npy', 'Y.npy', 'y-2.npy', 'call_0.npy', 'output.npy']);
});

test('any names give as many file names, each a plain one of at most 255 bytes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 12 }), (outputs) => {
      const files = [...artifactNames(outputs, '.npy').values()];
      expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(outputs.length);
      for (const file of files) {
        expect(file).toMatch(/^[^./\\][^/\\]*\.npy$/u);
        expect(Buffer.byteLength(file)).toBeLessThan(256);
      }
    }),
  );
});
