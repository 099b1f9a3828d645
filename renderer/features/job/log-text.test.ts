import { expect, test } from 'vitest';
import { appendLog, cleanLine, emptyLog } from './log-text.ts';

test('pieces of a log become whole lines, wherever they were cut', () => {
  const log = ['one\ntw', 'o\nthr', 'ee'].reduce(appendLog, emptyLog);
  expect(log).toEqual({ lines: ['one', 'two'], rest: 'three', dropped: 0 });
});

test('colours, titles and cursor movements are taken out', () =>
  expect(cleanLine('\u001b]0;title\u0007\u001b[1;32mdone\u001b[0m\u001b[K!')).toBe('done!'));

test('a carriage return starts the line again, and Windows line ends are line ends', () => {
  expect(cleanLine('10 %\r50 %\r100 %')).toBe('100 %');
  expect(cleanLine('plain\r')).toBe('plain');
});

test('a colour that is cut between two pieces is still taken out', () => {
  const log = ['a\u001b[3', '1mb\n'].reduce(appendLog, emptyLog);
  expect(log.lines).toEqual(['ab']);
});

test('of a very long log the end is kept, and how much is not shown is said', () => {
  const log = appendLog(emptyLog, 'x\n'.repeat(20_005));
  expect([log.lines.length, log.dropped]).toEqual([20_000, 5]);
});
