import { expect, test } from 'vitest';
import { createWords } from '../../words.tsx';
import { titleOfId } from './device-words.ts';

test('a device of which only the id is known is called as on its own page, also several together', () => {
  const words = createWords('en');
  expect(['cpu', 'gpu3', 'left', 'gpu-lab', 'gpu0+gpu1'].map((id) => titleOfId(id, words))).toEqual([
    'CPU',
    'GPU 3',
    'left',
    'gpu-lab',
    'GPU 0 + GPU 1',
  ]);
});
