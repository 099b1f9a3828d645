import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCtc, parseDictionary, textOf } from './decode-ctc.ts';

const characters = ['', ...'abc中文', ' '];
const space = characters.length - 1;

/** The output of a model that is sure of each class; a number within the space's column may be added. */
const output = (classes: readonly number[], spaces: Readonly<Record<number, number>> = {}): Float32Array => {
  const values = new Float32Array(classes.length * characters.length);
  classes.forEach((best, step) => {
    values[step * characters.length + best] = 0.9;
    if (spaces[step] !== undefined) values[step * characters.length + space] = spaces[step];
  });
  return values;
};
const read = (classes: readonly number[], spaces?: Readonly<Record<number, number>>): string =>
  textOf(decodeCtc(output(classes, spaces), classes.length, characters));

describe('decoding a line', () => {
  test('takes repeats together unless a blank stands between them', () => {
    expect(read([0, 1, 1, 0, 1, 2, 2, 2, 3, 0])).toBe('aabc');
  });

  test('gives back any text that was written with a blank after each character', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 })), fc.integer({ min: 1, max: 3 }), (text, repeats) => {
        const classes = text.flatMap((place) => [...Array.from({ length: repeats }, () => place), 0]);
        expect(read(classes)).toBe(text.map((place) => characters[place]).join(''));
      }),
    );
  });

  test('finds a faint space between letters, but none between Chinese characters', () => {
    expect(read([1, 0, 2], { 1: 0.02 })).toBe('a b');
    expect(read([1, 0, 2], { 1: 0.006 })).toBe('ab');
    expect(read([4, 0, 5], { 1: 0.02 })).toBe('中文');
    expect(read([4, space, 5])).toBe('中 文');
  });

  test('leaves out spaces before the first and after the last character', () => {
    expect(read([space, 1, space])).toBe('a');
  });

  test('tells the probability of each character', () => {
    expect(decodeCtc(output([0, 1, 2]), 3, characters)).toEqual([
      { text: 'a', probability: Math.fround(0.9) },
      { text: 'b', probability: Math.fround(0.9) },
    ]);
  });
});

test('wide forms of signs become plain in a line without Chinese characters', () => {
  const line = (text: string) => textOf([...text].map((character) => ({ text: character, probability: 1 })));
  expect(line('(see）：5％')).toBe('(see):5%');
  expect(line('见（图）')).toBe('见（图）');
});

test('a dictionary is the blank, its lines and the space, whatever its line ends', () => {
  expect(parseDictionary('a\nb')).toEqual(['', 'a', 'b', ' ']);
  expect(parseDictionary('a\r\nb\r\n')).toEqual(['', 'a', 'b', ' ']);
});
