import { arrayRange, type ArrayRange } from '../../../shared/words/array-range.ts';
import type { Hours } from '../../../shared/model/job.ts';
import { parseHours as hoursIn } from '../../../shared/words/hours.ts';
import { comingMoment } from '../../../shared/words/coming-moment.ts';

/** What a person typed: nothing, a value, or something that is none. */
export type Typed<Value> = { kind: 'empty' } | { kind: 'value'; value: Value } | { kind: 'wrong' };

const byteUnits: Readonly<Record<string, number>> = {
  '': 1e9,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const secondUnits: Readonly<Record<string, number>> = { s: 1, sec: 1, '': 60, m: 60, min: 60, h: 3600, d: 86_400 };

/** "6.2 GB", "512 MB", "4GiB"; a bare number is gigabytes. */
export const parseBytes = (text: string): Typed<number> => parseUnit(text, byteUnits, Math.round);

/** "90 s", "10 min", "2h"; a bare number is minutes. */
export const parseSeconds = (text: string): Typed<number> => parseUnit(text, secondUnits, (value) => value);

/** "18:00", "2h" from now, "2026-11-29 09:00". */
export const parseComing = (text: string, now: number): Typed<number> => {
  if (text.trim() === '') return { kind: 'empty' };
  const value = comingMoment(text, now);
  return value === undefined ? { kind: 'wrong' } : { kind: 'value', value };
};

/** "0-99", "0-99:10", "0-99%4". */
export const parseArray = (text: string): Typed<ArrayRange> => {
  if (text.trim() === '') return { kind: 'empty' };
  const value = arrayRange(text);
  return value ? { kind: 'value', value } : { kind: 'wrong' };
};

/** "22:00-06:00", "22:00-06:00,weekdays". */
export const parseHours = (text: string): Typed<Hours> => {
  if (text.trim() === '') return { kind: 'empty' };
  const value = hoursIn(text);
  return value ? { kind: 'value', value } : { kind: 'wrong' };
};

const parseUnit = (text: string, units: Readonly<Record<string, number>>, finish: (value: number) => number): Typed<number> => {
  if (text.trim() === '') return { kind: 'empty' };
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = units[match?.[2]?.toLowerCase() ?? ' '];
  const value = Number(match?.[1]?.replace(',', '.'));
  return unit === undefined || !(value > 0) ? { kind: 'wrong' } : { kind: 'value', value: finish(value * unit) };
};

/** A number within bounds. */
export const parseNumber = (text: string, low: number, high: number, isWhole: boolean): Typed<number> => {
  if (text.trim() === '') return { kind: 'empty' };
  const value = Number(text.replace(',', '.'));
  const isRight = Number.isFinite(value) && value >= low && value <= high && (!isWhole || Number.isInteger(value));
  return isRight ? { kind: 'value', value } : { kind: 'wrong' };
};

/** Job numbers, parted by commas or spaces. */
export const parseIds = (text: string): Typed<number[]> => {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  if (parts.length === 0) return { kind: 'empty' };
  const ids = parts.map(Number);
  return ids.every((id) => Number.isInteger(id) && id > 0) ? { kind: 'value', value: ids } : { kind: 'wrong' };
};

/** NAME=VALUE, one a line. */
export const parseEnvironment = (text: string): Typed<Record<string, string>> => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return { kind: 'empty' };
  const pairs = lines.map((line) => /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line));
  if (pairs.some((pair) => !pair)) return { kind: 'wrong' };
  return { kind: 'value', value: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
};

/** The words of a line as a shell would part them, without running or replacing anything; nothing while a quote is open. */
export const splitWords = (line: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let place = 0; place < line.length; place += 1) {
    const character = line[place] ?? '';
    if (character === '\\' && quote !== "'") {
      place += 1;
      word = (word ?? '') + (line[place] ?? '');
    } else if (quote) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote) return undefined;
  return word === undefined ? words : [...words, word];
};

/** The line whose words are these, for a shell too. */
export const quoteWords = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
