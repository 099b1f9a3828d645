import { describe, expect, test } from 'vitest';
import { CommandFailure } from './failure.ts';
import { readArguments, refuseOtherFlags } from './read-arguments.ts';

const keyOf = (act: () => unknown): string => {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (error instanceof CommandFailure && error.problem.kind === 'text') return error.problem.key;
    throw error;
  }
};

describe('readArguments', () => {
  test('flags stand before or after the verb', () => {
    for (const words of [
      ['--data', '/d', '--json', 'wait', '7'],
      ['wait', '7', '--json', '--data=/d'],
      ['wait', '--data', '/d', '7', '--json'],
    ]) {
      const given = readArguments(words);
      expect([given.verb, given.operands, given.has('json'), given.value('data')]).toEqual(['wait', ['7'], true, '/d']);
    }
  });

  test('what stands after -- is left as it is', () => {
    const given = readArguments(['add', '--name', 'n', '--', 'sh', '--json', '-c', '', '--', 'x']);
    expect([given.rest, given.operands, given.has('json')]).toEqual([['sh', '--json', '-c', '', '--', 'x'], [], false]);
    expect(readArguments(['add', '--']).rest).toEqual([]);
    expect(readArguments(['add']).rest).toBeUndefined();
  });

  test('a repeatable flag keeps all its values, another the last one', () => {
    const given = readArguments(['add', '--env', 'A=1', '--env', 'B=2', '--name', 'x', '--name', 'y']);
    expect([given.values('env'), given.values('name')]).toEqual([['A=1', 'B=2'], ['y']]);
  });

  test('the value of a flag may be left out where the word behind it can be nothing else', () => {
    const read = (...words: string[]) => {
      const given = readArguments(['app', 'digits', ...words]);
      return [given.has('split'), given.value('split'), given.operands];
    };
    expect(read('--split', 'a.png')).toEqual([true, undefined, ['digits', 'a.png']]);
    expect(read('--split', 'static', 'a.png')).toEqual([true, 'static', ['digits', 'a.png']]);
    expect(read('--split=guided', 'static')).toEqual([true, 'guided', ['digits', 'static']]);
    expect(read('a.png', '--split')).toEqual([true, undefined, ['digits', 'a.png']]);
  });

  test('a negative number is a value, a flag is not', () => {
    expect(readArguments(['add', '--priority', '-5']).value('priority')).toBe('-5');
    expect(keyOf(() => readArguments(['add', '--name', '--json']))).toBe('flag-needs-value');
    expect(readArguments(['add', '--name=--json']).value('name')).toBe('--json');
  });

  test('an empty value is one that a script forgot to set, but an empty note takes one away', () => {
    for (const flag of ['--data', '--cwd', '--output', '--image', '--name']) {
      expect(keyOf(() => readArguments(['add', flag, '']))).toBe('flag-needs-value');
      expect(keyOf(() => readArguments(['add', `${flag}=`]))).toBe('flag-needs-value');
    }
    expect(readArguments(['devices', '--note', '']).value('note')).toBe('');
  });

  test('says what is wrong with a flag', () => {
    expect(keyOf(() => readArguments(['--verbose']))).toBe('flag-unknown');
    expect(keyOf(() => readArguments(['status', '-x']))).toBe('flag-unknown');
    expect(keyOf(() => readArguments(['--data']))).toBe('flag-needs-value');
    expect(keyOf(() => readArguments(['--json=yes']))).toBe('flag-takes-no-value');
    expect(keyOf(() => refuseOtherFlags(readArguments(['status', '--wait']), 'status', ['all']))).toBe('flag-of-other-verb');
  });

  test('-h asks for help', () => {
    expect(readArguments(['add', '-h']).has('help')).toBe(true);
  });
});
