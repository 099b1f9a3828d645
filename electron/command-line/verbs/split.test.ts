import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../test-run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-split-'));
});
afterAll(() => rm(folder, { recursive: true }));

const split = (...words: string[]) => runCommand(['split', ...words]);

test('prints the chunks, how long they take together, and how long they must at least', async () => {
  const { exitCode, stdout } = await split('--items', '6', '--speeds', '2,1', '--overhead', '1', '--scheme', 'proportional', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    scheme: 'proportional',
    chunks: [
      { device: 0, items: 4, start: 0, end: 3 },
      { device: 1, items: 2, start: 0, end: 3 },
    ],
    makespan: 3,
    ideal: 2,
  });
});

test('takes the cost of every item from a file', async () => {
  const costs = join(folder, 'costs.json');
  await writeFile(costs, '[3, 1, 1, 1]');
  const { stdout } = await split('--items', '4', '--speeds', '1,1', '--scheme', 'self', '--costs', costs, '--json');
  const { chunks, makespan } = JSON.parse(stdout) as { chunks: { device: number }[]; makespan: number };
  expect([chunks.map(({ device }) => device), makespan]).toEqual([[0, 1, 1, 1], 3]);
});

test.each([
  [
    ['--items', '6', '--speeds', '1,0', '--scheme', 'self'],
    '--speeds 1,0 is not a list of numbers from 0.000001 to 1,000,000,000. Write it like --speeds 4,2,1,1.',
  ],
  [['--items', '6', '--speeds', '1'], '--scheme is missing. Write it like --scheme adaptive.'],
  [['extra', '--items', '6', '--speeds', '1', '--scheme', 'self'], 'extra is one word too many. See: switchyard help'],
  [['--items', '6', '--speeds', '1', '--scheme', 'self', '--costs', '.'], '. is a folder; a file is wanted.'],
  [
    ['--items', '6', '--speeds', '1e308,1e308', '--scheme', 'proportional'],
    '--speeds 1e308,1e308 is not a list of numbers from 0.000001 to 1,000,000,000. Write it like --speeds 4,2,1,1.',
  ],
  [['--items', 'six', '--speeds', '1', '--scheme', 'self'], '--items six is not a whole number from 0 to 10,000,000.'],
])('%j is refused in one sentence', async (words, sentence) => {
  expect(await split(...words)).toEqual({ exitCode: 2, stdout: '', stderr: `${sentence}\n` });
});

test('a file with too few costs is refused', async () => {
  const costs = join(folder, 'few.json');
  await writeFile(costs, '[1, 2]');
  const { exitCode, stderr } = await split('--items', '4', '--speeds', '1', '--scheme', 'self', '--costs', costs);
  expect([exitCode, stderr]).toEqual([2, `${costs} is not a JSON array of 4 numbers from 0 to 1,000,000,000.\n`]);
});
