import { expect, test } from 'vitest';
import { matchCommands } from './commands.ts';

const commands = ['New job', 'Pause queue', 'Go to Queue', '暂停队列'].map((label) => ({
  id: label,
  label,
  icon: 'run' as const,
  run: () => undefined,
}));
const found = (typed: string) => matchCommands(commands, typed).map(({ id }) => id);

test('nothing typed shows everything', () => expect(found('')).toHaveLength(4));
test('the beginnings of words are enough, in any order', () => expect(found('que pa')).toEqual(['Pause queue']));
test('the middle of a word finds nothing', () => expect(found('ueue')).toEqual([]));
test('a part of a Chinese text is enough', () => expect(found('队列')).toEqual(['暂停队列']));
