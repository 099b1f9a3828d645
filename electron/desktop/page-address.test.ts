import { expect, test } from 'vitest';
import { filesAddress, isOpenableOutside, isOwnPage, pageAddress } from './page-address.ts';

test('the page may go to its own pages', () => {
  for (const address of ['app://switchyard/', 'app://switchyard/queue', 'app://switchyard/run?file=%2Ftmp%2Fa.png#x']) {
    expect(isOwnPage(address)).toBe(true);
  }
});

test('the page may go nowhere else', () => {
  const others = [
    'https://example.org/',
    'http://switchyard/',
    'file:///etc/passwd',
    'app://switchyard.example.org/',
    'app://other/',
    'app://user@switchyard/',
    'apps://switchyard/',
    'javascript:alert(1)',
    'data:text/html,x',
    'about:blank',
    '',
  ];
  expect(others.filter(isOwnPage)).toEqual([]);
});

test('no link is opened outside unless its origin is on the list, and then only over https', () => {
  expect(isOpenableOutside('https://example.org/')).toBe(false);
  const allowed = ['https://example.org'];
  expect(isOpenableOutside('https://example.org/manual', allowed)).toBe(true);
  expect(isOpenableOutside('http://example.org/', allowed)).toBe(false);
  expect(isOpenableOutside('https://example.org.evil.example/', allowed)).toBe(false);
  expect(isOpenableOutside('file:///tmp/x', allowed)).toBe(false);
});

test('a page is named by what stands after the #', () => {
  expect(pageAddress('/queue/12')).toBe('app://switchyard/#/queue/12');
});

test('file names with spaces, ampersands, hashes and emoji travel in an address and come back whole', () => {
  const path = '/tmp/a b & c=d #1 🚂.png';
  const url = new URL(filesAddress([path, '/tmp/second']));
  expect(isOwnPage(url.href)).toBe(true);
  expect([url.pathname, url.hash]).toEqual(['/', '#/run']);
  expect(url.searchParams.getAll('file')).toEqual([path, '/tmp/second']);
});
