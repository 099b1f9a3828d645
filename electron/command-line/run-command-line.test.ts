import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobState, Placement, RanOn } from '../../shared/model/job.ts';
import { startTestCore, type TestCore } from './test-core.ts';
import { runCommand, startCommand, type Finished, type RunOptions } from './test-run.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const run = (words: readonly string[], options?: RunOptions): Promise<Finished> =>
  runCommand(['--data', core.dataFolder, ...words], options);

const ranOn: RanOn = { device: 'cpu', deviceName: 'CPU', provider: 'cpu', cores: 1 };
const placement: Placement = { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 };
const succeeded: JobState = { kind: 'succeeded', attempt: 1, startedAt: 1500, endedAt: 4000, ranOn };
const failed = (exitCode?: number): JobState => ({
  kind: 'failed',
  attempt: 1,
  startedAt: 1500,
  endedAt: 4000,
  reason: { code: 'exit-code', values: { exitCode: exitCode ?? 0 } },
  ...(exitCode === undefined ? {} : { exitCode }),
});

describe('add', () => {
  test('prints the number and nothing else, and hands over what was asked for', async () => {
    const flags = [
      '--name',
      'été 🎉',
      '--group',
      'g',
      '--after-any',
      '4,5',
      '--after-not-ok',
      '6',
      '--array',
      '0-9%2',
      '--preemptible',
      '--grace',
      '10s',
      '--resume-command',
      'go on',
      '--priority',
      '-5',
      '--cpus',
      '0.5',
      '--memory',
      '512M',
      '--time',
      '1:30:00',
      '--retries',
      '2',
    ];
    const { exitCode, stdout, stderr } = await run(
      ['add', ...flags, '--env', 'A=b c', '--env', 'GIVEN', '--', 'sh', '-c', 'echo "$A"', ''],
      {
        environment: { GIVEN: 'from here', HIDDEN: 'secret' },
        cwd: core.folder,
      },
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '1\n', stderr: '' });
    expect(core.jobs.get(1)?.spec).toEqual({
      runtime: 'command',
      name: 'été 🎉',
      group: 'g',
      priority: -5,
      resources: { cores: 0.5, memoryBytes: 512_000_000 },
      timeLimitSeconds: 5400,
      retries: 2,
      after: [],
      afterAny: [4, 5],
      afterNotOk: [6],
      array: { from: 0, to: 9, step: 1, atMost: 2 },
      preemptible: { graceSeconds: 10 },
      resumeCommand: ['/bin/sh', '-c', 'go on'],
      environment: { A: 'b c', GIVEN: 'from here' },
      command: ['sh', '-c', 'echo "$A"', ''],
      folder: core.folder,
    });
  });

  test('makes a container of a job with an image', async () => {
    const input = join(core.folder, 'data set.csv');
    await writeFile(input, 'x');
    const { stdout } = await run(['add', '--image', 'debian:12', '--input', 'data set.csv', '--network', '--json', '--', 'true'], {
      cwd: core.folder,
    });
    expect(JSON.parse(stdout)).toEqual({ id: 1 });
    expect(core.jobs.get(1)?.spec).toMatchObject({
      runtime: 'container',
      image: 'debian:12',
      command: ['true'],
      inputs: [{ path: input }],
      network: true,
    });
  });

  test.each<[string, JobState, number]>([
    ['succeeded', succeeded, 0],
    ['failed with a code', failed(7), 7],
    ['failed without a code', failed(), 1],
    ['timed out', { kind: 'timed-out', attempt: 1, endedAt: 1, reason: { code: 'time-limit', values: { limitSeconds: 1 } } }, 124],
    ['was cancelled', { kind: 'cancelled', attempt: 1, endedAt: 1 }, 130],
    ['was lost', { kind: 'lost', attempt: 1, endedAt: 1, reason: { code: 'lost', values: { backend: 'command' } } }, 1],
  ])('with --wait ends with the code of a job that %s', async (_, state, wanted) => {
    core.decide(() => ({ state }));
    const { exitCode, stdout, stderr } = await run(['add', '--wait', '--', 'x']);
    expect({ exitCode, stdout }).toEqual({ exitCode: wanted, stdout: '1\n' });
    expect(stderr.trim().split('\n').filter(Boolean)).toHaveLength(state.kind === 'succeeded' ? 0 : 1);
  });

  test('with --wait cancels the job at Ctrl-C and waits until it has ended', async () => {
    const running = startCommand(['add', '--wait', '--data', core.dataFolder, '--', 'sleep', '1000']);
    await core.submitted;
    running.child.kill('SIGINT');
    const { exitCode, stdout } = await running.finished;
    expect({ exitCode, stdout, calls: core.calls, state: core.jobs.get(1)?.state.kind }).toEqual({
      exitCode: 130,
      stdout: '1\n',
      calls: ['cancel 1'],
      state: 'cancelled',
    });
  });
});

describe('run', () => {
  const content = Buffer.from('\x93NUMPY pretend');
  const withOutput = (sha256: string, name = 'y') => ({
    state: succeeded,
    artifacts: [{ name: `${name}.npy`, sha256, bytes: content.length, mediaType: 'application/octet-stream' }],
    result: { kind: 'tensors' as const, outputs: [{ name, file: `${name}.npy`, dtype: 'float32', shape: [1, 2] }] },
  });
  const files = async (): Promise<string[]> => {
    const folder = join(core.folder, 'my 🎉 files');
    await mkdir(folder);
    await writeFile(join(folder, 'model.onnx'), 'm');
    await writeFile(join(folder, 'x=1.npy'), 'x');
    return ['run', 'my 🎉 files/model.onnx', '--input', 'x=my 🎉 files/x=1.npy', '--output', 'out put'];
  };

  test('saves every output and prints exactly what was made', async () => {
    core.decide(() => withOutput(core.addArtifact(content)));
    const { exitCode, stdout, stderr } = await run([...(await files()), '--json'], { cwd: core.folder });
    const file = join(core.folder, 'out put', 'y.npy');
    expect(JSON.parse(stdout)).toEqual({ outputs: [{ name: 'y', file, dtype: 'float32', shape: [1, 2] }], ranOn });
    expect({ exitCode, saved: await readFile(file) }).toEqual({ exitCode: 0, saved: content });
    expect(stderr).toBe('Job 1 ran on CPU (cpu): waited 500 ms, ran 2.5 s.\n');
    expect(core.jobs.get(1)?.spec).toMatchObject({
      model: { path: join(core.folder, 'my 🎉 files', 'model.onnx') },
      inputs: [{ name: 'x', file: { path: join(core.folder, 'my 🎉 files', 'x=1.npy') } }],
    });
  });

  test('leaves nothing behind when a result does not match its hash', async () => {
    const sha256 = core.addArtifact(content, createHash('sha256').update('something else').digest('hex'));
    core.decide(() => withOutput(sha256));
    const { exitCode, stdout, stderr } = await run(await files(), { cwd: core.folder });
    expect({ exitCode, stdout, isThere: existsSync(join(core.folder, 'out put', 'y.npy')) }).toEqual({
      exitCode: 1,
      stdout: '',
      isThere: false,
    });
    expect(stderr).toContain('y.npy did not arrive');
  });

  test('tells why a job failed, as code and values for programs', async () => {
    const reason = { code: 'input-type' as const, values: { input: 'x', wanted: 'float32', given: 'int64' } };
    core.decide(() => ({ state: { kind: 'failed', attempt: 1, endedAt: 1, reason } }));
    const words = await files();
    const plain = await run(words, { cwd: core.folder });
    expect(plain).toEqual({ exitCode: 2, stdout: '', stderr: 'Input x is int64; the model wants float32.\n' });
    const json = await run([...words, '--json'], { cwd: core.folder });
    expect({ ...json, stderr: JSON.parse(json.stderr) as unknown }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: { error: { ...reason, sentence: 'Input x is int64; the model wants float32.' }, exitCode: 2 },
    });
  });

  test('names a local file that cannot be used before any job is made', async () => {
    await files();
    await writeFile(join(core.folder, 'empty.npy'), '');
    const model = 'my 🎉 files/model.onnx';
    for (const [input, sentence] of [
      ['missing.npy', 'There is no file missing.npy. Check the path.'],
      ['empty.npy', 'empty.npy is empty (0 bytes). Choose a file with content.'],
      ['my 🎉 files', 'my 🎉 files is a folder; a file is wanted.'],
    ] as const) {
      const answer = await run(['run', model, '--input', `x=${input}`, '--output', 'o'], { cwd: core.folder });
      expect(answer).toEqual({ exitCode: 2, stdout: '', stderr: `${sentence}\n` });
    }
    for (const words of [
      ['run', model, '--input', `x=${model}`, '--output', model],
      ['add', '--cwd', model, '--', 'x'],
    ]) {
      const answer = await run(words, { cwd: core.folder });
      expect(answer).toEqual({ exitCode: 2, stdout: '', stderr: `${model} is a file; a folder is wanted.\n` });
    }
    expect(await run(['add', '--after', '1,', '--', 'x'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^"" is not a job number/),
    });
    expect(core.jobs.size).toBe(0);
  });
});

describe('app', () => {
  test('prints what was found as text, and all of it as JSON', async () => {
    const result = {
      kind: 'labels' as const,
      items: [
        {
          file: 'a.png',
          best: '7',
          labels: [
            { label: '7', score: 0.987 },
            { label: '1', score: 0.01 },
          ],
        },
      ],
    };
    core.decide(() => ({ state: succeeded, result }));
    await writeFile(join(core.folder, 'a.png'), 'x');
    const plain = await run(['app', 'digits', 'a.png'], { cwd: core.folder });
    expect([plain.exitCode, plain.stdout]).toEqual([0, '7 98.7 %  1 1.0 %\n']);
    const json = await run(['app', 'digits', 'a.png', '--json'], { cwd: core.folder });
    expect(JSON.parse(json.stdout)).toEqual({ id: 2, result, ranOn, waitSeconds: 0.5, runSeconds: 2.5 });
  });
});

describe('watching', () => {
  test('log prints the whole log however long it is, follow goes on until the end', async () => {
    const text = 'a line\n'.repeat(20);
    core.write(text);
    await run(['add', '--', 'x']);
    expect(await run(['log', '1'])).toEqual({ exitCode: 0, stdout: text, stderr: '' });
    const following = run(['follow', '1']);
    core.end(1, { state: failed(3) });
    expect(await following).toEqual({ exitCode: 0, stdout: text, stderr: '' });
  });

  test('wait ends with the code of the first job that did not succeed', async () => {
    core.decide(({ id }) => ({ state: id === 1 ? succeeded : failed(id) }));
    for (let count = 0; count < 4; count += 1) await run(['add', '--', 'x']);
    const { exitCode, stdout } = await run(['wait', '1', '4', '3', '--json']);
    expect([exitCode, (JSON.parse(stdout) as { jobs: { id: number }[] }).jobs.map(({ id }) => id)]).toEqual([4, [1, 4, 3]]);
  });

  test('wait for several jobs says which one did not succeed', async () => {
    core.decide(({ id }) => ({ state: id === 1 ? succeeded : failed(id) }));
    for (let count = 0; count < 2; count += 1) await run(['add', '--', 'x']);
    const why = 'The command ended with exit code 2. The log shows its last words.';
    expect(await run(['wait', '2'])).toEqual({ exitCode: 2, stdout: '', stderr: `${why}\n` });
    expect(await run(['wait', '1', '2'])).toEqual({ exitCode: 2, stdout: '', stderr: `Job 2: failed. ${why}\n` });
  });

  test('Ctrl-C leaves a wait without touching the job', async () => {
    await run(['add', '--', 'x']);
    const waiting = startCommand(['wait', '1', '--data', core.dataFolder]);
    // Asking for the end is the last thing that it does before it waits.
    await core.waited;
    waiting.child.kill('SIGINT');
    expect(await waiting.finished).toEqual({ exitCode: 130, stdout: '', stderr: '' });
    expect(core.calls).toEqual([]);
  });

  test('a wait goes on with the core that takes over', async () => {
    await run(['add', '--', 'x']);
    const waiting = startCommand(['wait', '1', '--data', core.dataFolder]);
    await core.waited;
    await core.handOver();
    core.end(1, { state: failed(9) });
    expect(await waiting.finished).toMatchObject({ exitCode: 9, stdout: '' });
  });

  test('a reader that closes the pipe ends it quietly', async () => {
    core.write('x'.repeat(9_999));
    await run(['add', '--', 'x']);
    const reading = startCommand(['log', '1', '--data', core.dataFolder]);
    reading.child.stdout?.destroy();
    expect(await reading.finished).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('the rest', () => {
  test('each verb on jobs reaches the core with the numbers given', async () => {
    for (let count = 0; count < 2; count += 1) await run(['add', '--', 'x']);
    for (const verb of ['hold', 'release', 'next', 'retry', 'pause', 'resume', 'cancel']) {
      const { exitCode, stdout } = await run([verb, '2', '1']);
      expect([exitCode, stdout]).toEqual([0, '']);
    }
    for (const words of [['pause'], ['resume'], ['policy', 'priority']]) expect((await run(words)).exitCode).toBe(0);
    expect(core.calls).toEqual([
      'hold 2 1',
      'release 2 1',
      'next 2 1',
      'retry 2 1',
      'pause 2 1',
      'resume 2 1',
      'cancel 2 1',
      'pause',
      'resume',
      'policy priority',
    ]);
  });

  test('a job that is not there is a sentence and exit code 2', async () => {
    expect(await run(['cancel', '9'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'There is no job 9. See the list with: switchyard status\n',
    });
    expect((await run(['status', '9'], { environment: { SWITCHYARD_LANG: 'zh' } })).stderr).toBe(
      '没有作业 9。可用 switchyard status 查看列表。\n',
    );
  });

  test.each([
    ['stat'],
    ['--verbose'],
    ['add', 'true'],
    ['add'],
    ['wait'],
    ['wait', 'j7'],
    ['policy', 'random'],
    ['add', '--memory', 'lots', '--', 'x'],
    ['devices', 'x'],
  ])('wrong usage (%s) is one sentence and exit code 2', async (...words) => {
    const { exitCode, stdout, stderr } = await run(words);
    expect([exitCode, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 1]);
  });

  test('status without a verb lists what waits and runs, without colours where nobody sees them', async () => {
    await run(['add', '--name', 'first', '--', 'x']);
    core.end(1, { state: { kind: 'running', attempt: 1, startedAt: Date.now(), placement }, progress: { done: 1, total: 4 } });
    const { stdout } = await run([]);
    expect(stdout).toMatch(/^yard: 0 running, 1 waiting\nID\s+STATE\s+NAME.*\n 1  running  first  default .* 25 %\n$/s);
    expect((JSON.parse((await run(['--json'])).stdout) as { jobs: unknown[] }).jobs).toHaveLength(1);
  });

  test('help is text on stdout in the language of the person', async () => {
    expect((await runCommand(['help', 'add'])).stdout).toContain('switchyard add -- python3 train.py');
    expect((await runCommand(['add', '--help'], { environment: { LANG: 'zh_CN.UTF-8' } })).stdout).toContain('用法: switchyard add');
  });

  test('shutdown ends the core and waits until it is gone', async () => {
    expect(await run(['shutdown'])).toEqual({ exitCode: 0, stdout: '', stderr: 'The core has ended.\n' });
    expect(await run(['shutdown', '--json'])).toEqual({ exitCode: 0, stdout: '{"wasRunning":false}\n', stderr: 'No core was running.\n' });
  });

  test('open prints the one-time address, and opens nothing without a desktop', async () => {
    const { exitCode, stdout } = await run(['open']);
    expect([exitCode, stdout]).toEqual([0, 'http://yard.localhost:1/#code=abc\n']);
  });
});

describe('without a core', () => {
  test('one that cannot be started is a sentence with its last words and exit code 3', async () => {
    // Run from the sources there is no built headless.js, so that Node itself says that it cannot be found.
    const { exitCode, stdout, stderr } = await runCommand(['status', '--data', join(core.folder, 'other')]);
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^The core could not be started\. .*headless\.js.*\n$/);
  });

  test('a data folder that cannot be made is named', async () => {
    await writeFile(join(core.folder, 'file'), 'x');
    const { exitCode, stderr } = await runCommand(['status', '--data', join(core.folder, 'file', 'data')]);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`${join(core.folder, 'file', 'data')} cannot be written (ENOTDIR)`)]);
  });
});
