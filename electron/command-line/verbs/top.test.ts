import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand } from '../test-run.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const top = (...words: string[]) => runCommand(['--data', core.dataFolder, 'top', ...words], { environment: { TERM: 'xterm' } });

test('into a pipe it is one plain picture: no colours, no keys, and then it has ended', async () => {
  const { exitCode, stdout, stderr } = await top();
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('yard: 0 running, 0 waiting, 0 held\n');
  expect(stdout).toContain('Nothing waits.');
  expect(stdout).not.toContain('\x1b');
  expect(stdout).not.toContain('q quit');
});

test('for a program it is the state as JSON', async () => {
  const { exitCode, stdout } = await top('--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: { hostName: 'yard' }, devices: [] });
});

test('a word too many is refused', async () => {
  expect((await top('gpu0')).exitCode).toBe(2);
});
