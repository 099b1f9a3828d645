import { expect, test } from 'vitest';
import { applications } from './list.ts';
import { manifests } from './manifests.ts';

test('every manifest has its application, in the order in which shells show them', () => {
  expect(applications.map(({ manifest }) => manifest)).toEqual(manifests);
});

test('ids are unique and extensions are lower case with a dot', () => {
  expect(new Set(manifests.map(({ id }) => id)).size).toBe(manifests.length);
  expect(manifests.flatMap(({ accepts }) => accepts).filter((extension) => !/^\.[a-z]+$/.test(extension))).toEqual([]);
});
