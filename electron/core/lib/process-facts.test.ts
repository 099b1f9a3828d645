import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { factsOf, isSameProcess, parseBusyCores, parsePs } from './process-facts.ts';

const onLinux = { skip: process.platform !== 'linux' };

test('a process is described and told from a later one with its pid', onLinux, async () => {
  const child = spawn('sleep', ['60', '0'], { cwd: '/', detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const facts = await factsOf(pid);
  expect(facts).toMatchObject({ pid, userId: process.getuid?.(), parent: process.pid, leadsGroup: true, folder: '/' });
  expect(facts?.command).toEqual(['sleep', '60', '0']);
  if (!facts) throw new Error('not found');
  expect(await isSameProcess(facts)).toBe(true);
  expect(await isSameProcess({ ...facts, startedAt: `${facts.startedAt}0` })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isSameProcess(facts)).toBe(false);
  expect(await factsOf(pid)).toBeUndefined();
});

test('neither a thread nor a number that nobody has is a process', onLinux, async () => {
  const thread = readdirSync('/proc/self/task')
    .map(Number)
    .find((id) => id !== process.pid);
  if (thread === undefined) throw new Error('Node has threads');
  expect(await factsOf(thread)).toBeUndefined();
  expect(await factsOf(2 ** 22 + 1)).toBeUndefined();
});

test('the cores it has kept busy are its processor time over its age', () => {
  const stat = `77 (a) b (c) S 1 77 77 0 -1 4194560 900 0 0 0 3000 500 400 100 20 0 1 0 100000 1 2 3`;
  expect(parseBusyCores(stat, 1020)).toBe(2);
  expect(parseBusyCores(stat, 1000.5)).toBeUndefined();
  expect(parseBusyCores('', 1000)).toBeUndefined();
});

test('what ps of other systems prints is read', () => {
  const line = '  501     1   812 S    Sun Nov 22 20:31:07 2026     /usr/bin/python3 train.py --epochs 3\n';
  expect(parsePs(line, 812)).toEqual({
    pid: 812,
    startedAt: 'Sun Nov 22 20:31:07 2026',
    userId: 501,
    parent: 1,
    leadsGroup: true,
    command: ['/usr/bin/python3', 'train.py', '--epochs', '3'],
  });
  expect(parsePs('  501     1   812 Z    Sun Nov 22 20:31:07 2026     (python3)\n', 812)).toBeUndefined();
  expect(parsePs('', 812)).toBeUndefined();
});
