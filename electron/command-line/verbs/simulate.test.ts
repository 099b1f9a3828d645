import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../test-run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const simulate = (...words: string[]) => runCommand(['simulate', ...words]);

const trace = `; two jobs
1 0 0 10 4 -1 -1 4 10 -1 1 1 1 1 1 -1 -1 -1
2 0 0 30 4 -1 -1 4 30 -1 1 1 1 1 1 -1 -1 -1
`;

test('a trace is played on so many processors, compressed or not', async () => {
  for (const path of [await file('t.swf', trace), await file('t.swf.gz', gzipSync(trace))]) {
    const { exitCode, stdout } = await simulate('--trace', path, '--processors', '4', '--policy', 'fcfs', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      policy: 'fcfs',
      n: 2,
      meanWait: 5,
      p95Wait: 10,
      maxWait: 10,
      meanBSLD: (1 + 40 / 30) / 2,
      makespan: 40,
      util: 1,
      longestQueue: 2,
    });
  }
});

test('a workload gives every task its device and times', async () => {
  const path = await file(
    'w.json',
    JSON.stringify({
      devices: [{ type: 'p', count: 2 }],
      tasks: [
        { id: 'a', cost: { p: 2 } },
        { id: 'b', cost: { p: 3 }, after: [{ id: 'a', transfer: 1 }] },
      ],
    }),
  );
  const { stdout } = await simulate('--workload', path, '--policy', 'heft', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    policy: 'heft',
    makespan: 5,
    tasks: [
      { id: 'a', device: 'p:0', start: 0, end: 2 },
      { id: 'b', device: 'p:0', start: 2, end: 5 },
    ],
  });
});

test('random arrivals are the same for the same seed, and can be read without --json', async () => {
  const words = [
    '--arrivals',
    'poisson:0.5',
    '--sizes',
    'exponential:1',
    '--servers',
    '1',
    '--jobs',
    '5000',
    '--seed',
    '4',
    '--policy',
    'ps',
  ];
  const [first, second] = await Promise.all([simulate(...words), simulate(...words)]);
  expect(first).toEqual(second);
  expect(first.stdout).toMatch(/^policy {2}ps\nn {2}5,000\nmeanResponse {2}[\d.]+\n/);
});

test.each([
  [['--policy', 'fcfs'], 'Say what to simulate: one of --trace, --workload and --arrivals.'],
  [['--arrivals', 'poisson:0', '--policy', 'ps'], '--arrivals poisson:0 is not understood. Write it like --arrivals poisson:0.5.'],
  [
    ['--arrivals', 'poisson:1', '--sizes', 'hyperexponential:0.5,1,0.6,1', '--jobs', '9', '--policy', 'ps'],
    '--sizes hyperexponential:0.5,1,0.6,1 is not understood. Write it like exponential:1 or hyperexponential:0.9,1.8,0.1,0.2, with parts that add up to 1.',
  ],
  [['extra', '--workload', 'w.json', '--policy', 'heft'], 'extra is one word too many. See: switchyard help'],
  [['--trace', '.', '--processors', '4', '--policy', 'easy'], '. is a folder; a file is wanted.'],
  [['--workload', 'w.json', '--policy', 'edf', '--seed', '4'], '--seed does not go with --workload. See: switchyard help simulate'],
  [
    ['--arrivals', 'poisson:1', '--sizes', 'exponential:1', '--jobs', '9', '--seed', '1.5', '--policy', 'ps'],
    '--seed 1.5 is not a whole number from -2,147,483,648 to 2,147,483,647.',
  ],
  [
    ['--arrivals', 'poisson:1', '--sizes', 'exponential:1', '--jobs', '9', '--policy', 'easy'],
    '--policy easy is unknown. Choose one of: fcfs, sjf, srpt, ps, las.',
  ],
])('%j is refused in one sentence', async (words, sentence) => {
  expect(await simulate(...words)).toEqual({ exitCode: 2, stdout: '', stderr: `${sentence}\n` });
});

test('files that make no sense are refused with what is wrong in them', async () => {
  const text = await file('text.swf', 'hello');
  const cyclic = await file(
    'cycle.json',
    JSON.stringify({ devices: [{ type: 'p' }], tasks: [{ id: 'a', cost: { p: 1 }, after: [{ id: 'a' }] }] }),
  );
  const bare = await file('bare.json', '{"tasks":[]}');
  const notZip = await file('no.swf.gz', 'not compressed');
  const refusals = await Promise.all([
    simulate('--trace', text, '--processors', '4', '--policy', 'easy'),
    simulate('--workload', cyclic, '--policy', 'heft'),
    simulate('--workload', bare, '--policy', 'heft'),
    simulate('--trace', notZip, '--processors', '4', '--policy', 'easy'),
  ]);
  expect(refusals.map(({ exitCode, stderr }) => [exitCode, stderr.replaceAll(`${folder}/`, '')])).toEqual([
    [2, 'text.swf cannot be simulated: line 1 is not a record of 18 numbers.\n'],
    [2, 'cycle.json cannot be simulated: these tasks wait for each other: a → a.\n'],
    [2, 'bare.json cannot be simulated: devices is missing.\n'],
    [2, 'no.swf.gz cannot be simulated: line 1 is not a record of 18 numbers.\n'],
  ]);
});

const workload = (change: object): string => JSON.stringify({ devices: [{ type: 'p' }], tasks: [{ id: 'a', cost: { p: 1 } }], ...change });

test.each([
  ['{"devices":', 'it is not JSON (Unexpected end of JSON input)'],
  [workload({ devices: [] }), 'devices needs at least one entry'],
  [workload({ devices: [{ type: 'p', count: 0 }] }), 'devices[0].count has to be above 0'],
  [workload({ devices: [{ type: 'p', count: 99_999 }] }), 'devices[0].count has to be 10,000 or less'],
  [workload({ tasks: [{ id: 1 }] }), 'tasks[0].id is of the wrong type; wanted is string'],
  [workload({ tasks: [{ id: 'a', cost: { p: -1 } }] }), 'tasks[0].cost.p has to be 0 or more'],
  [workload({ tasks: [{ id: 'a', cost: { p: 1e300 } }] }), 'tasks[0].cost.p has to be 1,000,000,000,000,000 or less'],
  ['{"devices":[{"type":"__proto__"}],"tasks":[]}', 'devices[0].type is not something that can be used here'],
])('the workload %s is refused with the field that is wrong', async (content, detail) => {
  const path = await file('wrong.json', content);
  const { exitCode, stdout, stderr } = await simulate('--workload', path, '--policy', 'fcfs');
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: `${path} cannot be simulated: ${detail}.\n` });
});

test('what is wrong with a file is said in the language of the caller', async () => {
  const path = await file('late.json', workload({ tasks: [{ id: 'a', cost: { p: 1 }, count: 2 }] }));
  const { stderr } = await runCommand(['simulate', '--workload', path, '--policy', 'heft'], { environment: { LANG: 'zh_CN.UTF-8' } });
  expect(stderr).toBe(`无法模拟 ${path}：heft 给每个任务一台设备，而任务 a 需要同时用 2 台。\n`);
});

test('a trace whose times cannot be added up, or that is cut off, is refused', async () => {
  const huge = await file('huge.swf', trace.replace('2 0 0 30', '2 1e308 0 30'));
  const cut = await file('cut.swf', gzipSync(trace).subarray(0, 40));
  const refusals = await Promise.all(
    [huge, cut].map((path) => simulate('--trace', path, '--processors', '4', '--policy', 'easy', '--json')),
  );
  expect(
    refusals.map(({ exitCode, stderr }) => [exitCode, (JSON.parse(stderr) as { error: { sentence: string } }).error.sentence]),
  ).toEqual([
    [2, `${huge} cannot be simulated: line 3 holds a number beyond 10¹⁵.`],
    [2, `${cut} cannot be simulated: its compressed data end too early.`],
  ]);
});

test('a workload may hold more tasks than a call takes arguments', async () => {
  const tasks = Array.from({ length: 200_000 }, (_, index) => ({ id: String(index), cost: { p: 1 } }));
  const path = await file('many.json', JSON.stringify({ devices: [{ type: 'p', count: 100 }], tasks }));
  const { exitCode, stdout } = await simulate('--workload', path, '--policy', 'ps', '--json');
  expect([exitCode, (JSON.parse(stdout) as { makespan: number }).makespan]).toEqual([0, 2000]);
});
