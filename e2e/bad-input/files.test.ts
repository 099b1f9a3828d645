import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import { ownCore } from '../own-core.ts';
import { repository } from '../switchyard.ts';
import { deadlineMs, expectSentence, refusedByRest } from './expect-refused.ts';

/* Files that are not what they should be, through the command line and through REST: one sentence each, and nothing hangs. */

const core = ownCore();
const wine = join(repository, 'resources', 'models', 'wine_mlp.onnx');
const row = [14.2, 1.7, 2.4, 15.6, 127, 2.8, 3.1, 0.28, 2.3, 5.6, 1.04, 3.9, 1065];
const path = (name: string): string => join(core.workFolder, name);
const outputs = path('outputs');

/** A `.npy` of zeros. */
const npy = (descr: string, shape: string, bytes: number): Buffer => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header), Buffer.alloc(bytes)]);
};

/** Four gigabytes that take no room on the disk. */
const writeSparse = (name: string): void => {
  const file = openSync(path(name), 'w');
  ftruncateSync(file, 4 * 1024 ** 3);
  closeSync(file);
};

beforeAll(() => {
  core.write('x.json', JSON.stringify([row]));
  core.write('truncated.onnx', readFileSync(wine).subarray(0, 2000));
  for (const name of ['text.onnx', 'text.png', 'text.wav', 'text.csv', 'text.json']) core.write(name, 'this is only text\n'.repeat(50));
  for (const name of ['empty.onnx', 'empty.json', 'empty.png']) core.write(name, '');
  for (const name of ['sparse.onnx', 'sparse.npy', 'sparse.png', 'sparse.wav', 'sparse.csv']) writeSparse(name);
  core.write('float64.npy', npy('<f8', '(1, 13)', 104));
  core.write('cut.npy', npy('<f4', '(1, 13)', 42));
  core.write('rank.json', JSON.stringify(row));
  core.write('columns.json', '[[1, 2, 3]]');
  core.write('words.json', JSON.stringify([row.map(() => 'word')]));
  core.write('cut.json', '[[1, 2');
  // A TensorProto of type 16, which is bfloat16.
  core.write('bfloat16.pb', Buffer.from([0x08, 1, 0x08, 13, 0x10, 16, 0x4a, 26, ...Buffer.alloc(26)]));
  for (const kind of ['onnx', 'json', 'png']) {
    mkdirSync(path(`folder.${kind}`));
    symlinkSync('/nowhere/at/all', path(`dangling.${kind}`));
    symlinkSync('/dev/zero', path(`zero.${kind}`));
    execFileSync('mkfifo', [path(`pipe.${kind}`)]);
  }
});

const runWords = (model: string, ...inputs: string[]): string[] => {
  const given = inputs.flatMap((input) => ['--input', input]);
  return ['run', model, ...given, '--output', outputs];
};

describe.each([
  ['truncated.onnx', 'model-damaged', /^truncated\.onnx is not a readable ONNX model: .+\. Check that the file is whole\.$/],
  ['text.onnx', 'model-damaged', /^text\.onnx is not a readable ONNX model: .+\. Check that the file is whole\.$/],
  ['empty.onnx', 'file-empty', /empty\.onnx is empty \(0 bytes\)\. Choose a file with content\.$/],
  ['sparse.onnx', 'file-too-large', /sparse\.onnx is 4\.3 GB; the most that can be used here is 2\.1 GB\.$/],
  ['folder.onnx', 'file-is-folder', /folder\.onnx is a folder; a file is wanted\.$/],
  ['dangling.onnx', 'file-missing', /^There is no file .+dangling\.onnx\. Check the path\.$/],
  ['nowhere.onnx', 'file-missing', /^There is no file .+nowhere\.onnx\. Check the path\.$/],
  ['pipe.onnx', 'file-not-plain', /pipe\.onnx is a pipe, a device or a socket; a plain file is wanted\.$/],
  ['zero.onnx', 'file-not-plain', /zero\.onnx is a pipe, a device or a socket; a plain file is wanted\.$/],
])('the model %s', (name, code, sentence) => {
  const inputs = [{ name: 'x', file: { path: path('x.json') } }];

  test('is refused by the command line', () => expectSentence(core, runWords(path(name), `x=${path('x.json')}`), sentence), deadlineMs);

  test('is refused by REST', async () => {
    expect(await refusedByRest(core, { runtime: 'onnx', model: { path: path(name) }, inputs }, sentence)).toBe(code);
  });

  test('is refused when only looked at', async () => {
    const { status, body } = await core.rest.call('POST', '/models/inspect', { model: { path: path(name) } });
    expect({ status, body }).toMatchObject({ status: 422, body: { data: { reason: { code } } } });
  });
});

describe.each([
  ['of another type', ['x=float64.npy'], 'input-type', 'Input x is float64; the model wants float32.'],
  ['of another rank', ['x=rank.json'], 'input-shape', 'Input x has shape [13]; the model wants [N, 13].'],
  ['of another fixed dimension', ['x=columns.json'], 'input-shape', 'Input x has shape [1, 3]; the model wants [N, 13].'],
  ['of words', ['x=words.json'], 'input-type', /^Input x is .+; the model wants float32\.$/],
  ['that is not there', [], 'input-missing', /^Input x is missing; the model wants float32 \[N, 13\]\. Give it .+\.$/],
  ['that the model does not know', ['x=x.json', 'z=x.json'], 'input-unknown', 'The model has no input z; its inputs are x.'],
  ['given twice', ['x=x.json', 'x=x.json'], 'input-twice', 'Input x is given more than once. Give each input one file.'],
  ['in bfloat16', ['x=bfloat16.pb'], 'type-unsupported', /^bfloat16\.pb holds bfloat16, .+ Convert it to float32 or float16\.$/],
  ['cut off as .npy', ['x=cut.npy'], 'file-damaged', /^cut\.npy is not a readable \.npy file: .+ 52 bytes .+ 42 are there\. Check /],
  [
    'cut off as .json',
    ['x=cut.json'],
    'file-damaged',
    /^cut\.json is not a readable \.json file: .+ Check that it is whole and of that kind\.$/,
  ],
  ['of text', ['x=text.json'], 'file-damaged', /^text\.json is not a readable \.json file: .+ Check that it is whole and of that kind\.$/],
  ['of an unknown kind', ['x=text.csv'], 'file-kind-unknown', /^text\.csv is not a kind of file that can be used here; wanted is \.npy, /],
  ['of no bytes', ['x=empty.json'], 'file-empty', /empty\.json is empty \(0 bytes\)\. Choose a file with content\.$/],
  ['of 4 GB', ['x=sparse.npy'], 'file-too-large', /sparse\.npy is 4\.3 GB; the most that can be used here is 2\.1 GB\.$/],
  ['that is a folder', ['x=folder.json'], 'file-is-folder', /folder\.json is a folder; a file is wanted\.$/],
  ['that leads nowhere', ['x=dangling.json'], 'file-missing', /^There is no file .+dangling\.json\. Check the path\.$/],
  ['that is a pipe', ['x=pipe.json'], 'file-not-plain', /pipe\.json is a pipe, a device or a socket; a plain file is wanted\.$/],
  ['that never ends', ['x=zero.json'], 'file-not-plain', /zero\.json is a pipe, a device or a socket; a plain file is wanted\.$/],
])('an input %s', (_, given, code, sentence) => {
  const pairs = given.map((pair): [string, string] => [pair.slice(0, 1), path(pair.slice(2))]);

  test(
    'is refused by the command line',
    () => expectSentence(core, runWords(wine, ...pairs.map(([name, file]) => `${name}=${file}`)), sentence),
    deadlineMs,
  );

  test('is refused by REST', async () => {
    const inputs = pairs.map(([name, file]) => ({ name, file: { path: file } }));
    expect(await refusedByRest(core, { runtime: 'onnx', model: { path: wine }, inputs }, sentence)).toBe(code);
  });
});

describe.each([
  ['ocr', 'text.png', 'file-damaged', /^text\.png is not a readable picture file: .+ Check that it is whole and of that kind\.$/],
  ['ocr', 'empty.png', 'file-empty', /empty\.png is empty \(0 bytes\)\. Choose a file with content\.$/],
  ['ocr', 'sparse.png', 'file-too-large', /sparse\.png is 4\.3 GB; the most that can be used here is 2\.1 GB\.$/],
  ['ocr', 'folder.png', 'file-is-folder', /folder\.png is a folder; a file is wanted\.$/],
  ['ocr', 'dangling.png', 'file-missing', /^There is no file .+dangling\.png\. Check the path\.$/],
  ['ocr', 'pipe.png', 'file-not-plain', /pipe\.png is a pipe, a device or a socket; a plain file is wanted\.$/],
  ['ocr', 'zero.png', 'file-not-plain', /zero\.png is a pipe, a device or a socket; a plain file is wanted\.$/],
  ['ocr', 'x.json', 'file-kind-unknown', /^x\.json is not a kind of file that can be used here; wanted is \.png, /],
  ['vad', 'text.wav', 'file-damaged', /^text\.wav is not a readable WAV file: .+ Check that it is whole and of that kind\.$/],
  ['vad', 'sparse.wav', 'file-too-large', /sparse\.wav is 4\.3 GB; /],
  ['wine', 'text.csv', 'row-columns', 'Row 2 of text.csv has 1 column; 13 are wanted.'],
  ['wine', 'sparse.csv', 'file-too-large', /sparse\.csv is 4\.3 GB; /],
  ['nobody', 'text.png', 'application-unknown', /^There is no application nobody; known are ocr, .+\.$/],
])('%s on %s', (application, name, code, sentence) => {
  test('is refused by the command line', () => expectSentence(core, ['app', application, path(name)], sentence), deadlineMs);

  test('is refused by REST', async () => {
    expect(await refusedByRest(core, { runtime: 'application', application, files: [{ path: path(name) }] }, sentence)).toBe(code);
  });
});

test('after all of that nothing runs or waits, and a good job succeeds on the same core', async () => {
  const before = await core.rest.ask<Status>('GET', '/status');
  expect(before.counts).toMatchObject({ running: 0, pending: 0, held: 0, succeeded: 0 });
  expect(await core.run(...runWords(wine, `x=${path('x.json')}`))).toMatchObject({ code: 0 });
  expect(readdirSync(outputs)).toEqual(['probs.npy']);
  expect((await core.rest.ask<Status>('GET', '/status')).processId).toBe(before.processId);
});

describe('paths with spaces and emoji', () => {
  const folder = path('a folder 🚂 größer');
  const inFolder = (name: string): string => join(folder, name);

  beforeAll(() => {
    core.write('a folder 🚂 größer/my model 🧠.onnx', readFileSync(wine));
    core.write('a folder 🚂 größer/my input 💾.json', JSON.stringify([row]));
    core.write('a folder 🚂 größer/a digit ✍️.png', readFileSync(join(repository, 'resources/samples/digit.png')));
    const program = core.write(
      'a folder 🚂 größer/a program 🏃',
      '#!/bin/sh\npwd; echo "$@"; echo kept > "$SWITCHYARD_OUTPUT/rés ült 📦.txt"\n',
    );
    execFileSync('chmod', ['+x', program]);
  });

  test('work for a model, its input and its outputs', async () => {
    const target = inFolder('my outputs 📦');
    const ran = await core.run('run', inFolder('my model 🧠.onnx'), '--input', `x=${inFolder('my input 💾.json')}`, '--output', target);
    expect(ran).toMatchObject({ code: 0 });
    expect(readdirSync(target)).toEqual(['probs.npy']);
  });

  test('work for a picture, seen from its own folder', async () => {
    const ran = await core.runWith({ folder }, 'app', 'digits', 'a digit ✍️.png', '--json');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('"file":"a digit ✍️.png"') });
  });

  test('work for a command, its folder, its words and its results', async () => {
    const { code, stdout } = await core.run('add', '--wait', '--cwd', folder, '--', inFolder('a program 🏃'), 'two words', 'é🚂');
    expect(code).toBe(0);
    const id = stdout.trim();
    expect((await core.run('log', id)).stdout).toBe(`${folder}\ntwo words é🚂\n`);
    const { artifacts } = JSON.parse((await core.run('status', id, '--json')).stdout) as { artifacts: { name: string }[] };
    expect(artifacts.map(({ name }) => name)).toEqual(['rés ült 📦.txt']);
  });
});
