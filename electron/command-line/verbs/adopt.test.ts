import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand, type Finished } from '../test-run.ts';

let core: TestCore;
beforeEach(async () => void (core = await startTestCore()));
afterEach(() => core.close());

const run = (...words: string[]): Promise<Finished> => runCommand(['--data', core.dataFolder, 'adopt', ...words]);

describe('adopt', () => {
  test('hands over the process with what it is called, and prints the number of the job', async () => {
    expect(await run('4321', '--name', 'training', '--group', 'lab')).toMatchObject({ exitCode: 0, stdout: '8\n' });
    expect(await run('4321', '--json')).toMatchObject({ exitCode: 0, stdout: '{"id":8}\n' });
    expect(core.calls).toEqual(['adopt 4321 training lab', 'adopt 4321  default']);
  });

  test.each([[[]], [['x']], [['0']], [['-1']], [['1.5']], [['99999999999']], [['1', '2']], [['1', '--cpus', '2']]])(
    'refuses %j as wrong usage',
    async (words) => {
      const { exitCode, stdout, stderr } = await run(...words);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).not.toBe('');
      expect(core.calls).toEqual([]);
    },
  );
});
