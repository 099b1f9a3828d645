import { expect, test } from 'vitest';
import { parseBytes, parseEnvironment, parseIds, parseNumber, parseSeconds, quoteWords, splitWords } from './quantities.ts';

const value = <Value>(of: Value) => ({ kind: 'value', value: of });

test.each([
  ['6.2 GB', 6.2e9],
  ['512MB', 512e6],
  ['4 GiB', 4 * 1024 ** 3],
  ['2', 2e9],
  ['1,5 gb', 1.5e9],
])('%s of memory is %d bytes', (text, bytes) => expect(parseBytes(text)).toEqual(value(bytes)));

test.each([
  ['90 s', 90],
  ['10 min', 600],
  ['2h', 7200],
  ['5', 300],
])('%s is %d seconds', (text, seconds) => expect(parseSeconds(text)).toEqual(value(seconds)));

test.each(['lots', '-1 GB', '0', '4 XB', '1 2', 'GB'])('%s is no amount of memory', (text) =>
  expect(parseBytes(text)).toEqual({ kind: 'wrong' }),
);

test('nothing typed is nothing asked', () => {
  expect([parseBytes(' '), parseSeconds(''), parseIds(' '), parseEnvironment('\n'), parseNumber('', 0, 1, true)]).toEqual(
    Array.from({ length: 5 }, () => ({ kind: 'empty' })),
  );
});

test('a number stays within its bounds and whole where it must be', () => {
  expect(parseNumber('1.5', 0, 2, false)).toEqual(value(1.5));
  expect(parseNumber('1.5', 0, 2, true)).toEqual({ kind: 'wrong' });
  expect(parseNumber('3', 0, 2, true)).toEqual({ kind: 'wrong' });
});

test('job numbers are parted by commas or spaces', () => {
  expect(parseIds('12, 14 15')).toEqual(value([12, 14, 15]));
  expect(parseIds('12, x')).toEqual({ kind: 'wrong' });
});

test('an environment is one NAME=VALUE a line; the value may hold anything', () => {
  expect(parseEnvironment('A=1\nB_2=x=y z\n')).toEqual(value({ A: '1', B_2: 'x=y z' }));
  expect(parseEnvironment('2A=1')).toEqual({ kind: 'wrong' });
});

test.each([
  ['python -c "print(1)" x', ['python', '-c', 'print(1)', 'x']],
  ["a 'b c' d\\ e", ['a', 'b c', 'd e']],
  ['a "" b', ['a', '', 'b']],
  ["'it'\\''s'", ["it's"]],
  ['"a\\"b"', ['a"b']],
  ['  ', []],
])('%s has the words of a shell', (line, words) => expect(splitWords(line)).toEqual(words));

test('an open quote is no command yet', () => expect(splitWords('echo "a')).toBeUndefined());

test.each([[['python3', 'a b.py', "it's", '']], [['$HOME', '*', 'a\\b', '"q"', 'x\ny', '🚂', '-']], [[]]])(
  '%j are the words of the line they make',
  (words) => expect(splitWords(quoteWords(words))).toEqual(words),
);
