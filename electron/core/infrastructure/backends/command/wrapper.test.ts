import { describe, expect, test } from 'vitest';
import { parseState } from './wrapper.ts';

describe('the state file of an attempt', () => {
  test.each([
    ['', { kind: 'claiming' }],
    ['123', { kind: 'claiming' }],
    ['123 boot', { kind: 'claiming' }],
    ['123 boot\n', { kind: 'started', pid: 123, bootId: 'boot' }],
    ['123 \n', { kind: 'started', pid: 123, bootId: '' }],
    ['123 boot\n1', { kind: 'started', pid: 123, bootId: 'boot' }],
    ['123 boot\n143\n', { kind: 'ended', pid: 123, bootId: 'boot', exitCode: 143 }],
    ['withdrawn\n', { kind: 'withdrawn' }],
  ])('%j is %o', (text, state) => {
    expect(parseState(text)).toEqual(state);
  });
});
