import { expect, test } from 'vitest';
import { offeredFiles } from './offered-files.ts';

test('the paths of the address are offered as they are, whatever they hold', () => {
  const paths = ['/data/a b & c 🚂.png', 'C:\\Scans\\100% = all.png', '/data/#/run?file=x'];
  const query = new URLSearchParams(paths.map((path): [string, string] => ['file', path]));
  expect(offeredFiles(`?${query.toString()}`)).toEqual(paths.map((path) => ({ path })));
});

test('an address without files offers none', () => expect([offeredFiles(''), offeredFiles('?file=')].flat()).toEqual([]));
