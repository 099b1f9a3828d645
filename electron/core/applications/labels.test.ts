import { expect, test } from 'vitest';
import { bothClasses, labelItem } from './labels.ts';

test('labels stand with the likeliest first, and the first is the answer', () => {
  expect(labelItem('a.csv', ['x', 'y', 'z'], [0.2, 0.7, 0.1], 3)).toEqual({
    file: 'a.csv',
    row: 3,
    best: 'y',
    labels: [
      { label: 'y', score: 0.7 },
      { label: 'x', score: 0.2 },
      { label: 'z', score: 0.1 },
    ],
  });
});

test('a file without rows has no row', () => {
  expect(labelItem('a.png', ['no', 'yes'], bothClasses(0.75))).toEqual({
    file: 'a.png',
    best: 'yes',
    labels: [
      { label: 'yes', score: 0.75 },
      { label: 'no', score: 0.25 },
    ],
  });
});
