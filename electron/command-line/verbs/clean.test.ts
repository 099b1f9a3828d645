import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand } from '../test-run.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const run = (...words: string[]) => runCommand(['--data', core.dataFolder, ...words]);

test('all ended jobs, old ones or those named are removed, and how many is said', async () => {
  await run('add', '--', 'true');
  expect(await run('clean')).toMatchObject({ exitCode: 0, stdout: '', stderr: 'Jobs removed: 1,234\n' });
  expect(JSON.parse((await run('clean', '--older-than', '30d', '--json')).stdout)).toEqual({ jobs: 1234 });
  expect(await run('clean', '1')).toMatchObject({ exitCode: 0, stderr: 'Jobs removed: 1\n' });
  expect(core.calls.filter((call) => /^(clean|remove)/.test(call))).toEqual(['clean 0', 'clean 2592000', 'remove 1']);
});

test('for how long jobs are kept is shown and set', async () => {
  expect((await run('clean', '--rule')).stdout).toBe('Ended jobs are kept up to: days 90; number 50,000.\n');
  expect((await run('clean', '--keep-days', '30', '--keep-jobs', 'none')).stdout).toBe(
    'Ended jobs are kept up to: days 30; number no limit.\n',
  );
  expect(core.calls).toContain('keep 30 days null jobs');
});

test.each([
  [['--older-than', '30d', '7'], 'Say one thing'],
  [['--keep-days', '0'], '--keep-days'],
  [['--older-than', 'long'], '--older-than'],
])('clean %s is refused with what is wrong', async (words, wanted) => {
  const { exitCode, stderr } = await run('clean', ...words);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(wanted);
});
