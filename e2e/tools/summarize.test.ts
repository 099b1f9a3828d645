import { expect, test } from 'vitest';
import { summarize } from './summarize.ts';

const unit = { suite: 'unit', passed: 7, failures: [], skipped: [], seconds: 61.4 };

test('each suite has a line, what was skipped its reason, and the count of everything is last', () => {
  const electron = { suite: 'electron', passed: 0, failures: [], skipped: [{ name: 'real Electron', reason: 'no program' }], seconds: 0 };
  expect(summarize([unit, electron])).toEqual([
    'unit: 7 passed, 0 failed (61 s)',
    'electron: 0 passed, 0 failed, 1 skipped (0 s)',
    '  skipped: real Electron: no program',
    '',
    '7 passed, 0 failed',
  ]);
});

test('what failed comes after the counts, with the first lines of its error, without colours and empty lines', () => {
  const error = `\u001B[31mexpected 1 to be 2\u001B[39m\n\n${Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')}`;
  const browser = { suite: 'browser', passed: 1, failures: [{ name: 'specs/a.spec.ts › opens', error }], skipped: [], seconds: 3 };
  const lines = summarize([unit, browser]);
  const counts = lines.indexOf('8 passed, 1 failed');
  expect(lines.slice(counts + 1, counts + 5)).toEqual(['', 'failed: browser: specs/a.spec.ts › opens', '  expected 1 to be 2', '  line 0']);
  expect(lines.at(-1)).toBe('  line 18');
});
