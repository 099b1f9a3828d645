import { expect, test } from 'vitest';
import { formatTable } from './table.ts';
import { fitText, oneLine, textWidth } from './text-width.ts';

test.each([
  ['plain', 5],
  ['été', 3],
  ['e\u0301te\u0301', 3],
  ['名前', 4],
  ['한국어', 6],
  ['ｶﾅ', 2],
  ['🎉', 2],
  ['👨‍👩‍👧', 2],
  ['🇨🇭', 2],
  ['❤️', 2],
  ['a🎉名', 5],
  ['…', 1],
  ['', 0],
])('%s takes %d columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('a text that is too wide ends with an ellipsis and never breaks a character', () => {
  expect([fitText('abcdef', 4), fitText('名前名前', 4), fitText('名前', 4), fitText('👨‍👩‍👧👨‍👩‍👧', 3), fitText('x', 0)]).toEqual([
    'abc…',
    '名…',
    '名前',
    '👨‍👩‍👧…',
    '',
  ]);
});

test('control characters of a name do not reach the terminal', () => {
  expect(oneLine('a\u001b[31mb\r\nc\u0007')).toBe('a [31mb c');
});

test('columns are aligned by what the eye sees, and the last one takes what is left', () => {
  const rows = [
    { id: 1, name: '名前', why: 'Waits for 1 core; 0 of 2 free.' },
    { id: 12, name: 'a name that is much too long', why: 'ok' },
  ];
  const lines = formatTable(
    [
      { title: 'ID', isRight: true, cell: ({ id }) => String(id) },
      { title: 'NAME', most: 8, cell: ({ name }) => name },
      { title: '', cell: ({ why }) => why },
    ],
    rows,
    24,
    (text) => text,
  );
  expect(lines).toEqual(['ID  NAME', ' 1  名前      Waits for…', '12  a name…  ok'].map((line) => line.replace('a name…', 'a name …')));
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(24);
});
