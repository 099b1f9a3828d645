import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identityModel } from '../../electron/core/infrastructure/backends/onnx/test-models.ts';
import { ownCore } from '../own-core.ts';
import { repository } from '../switchyard.ts';
import { readNpy } from './read-npy.ts';

const core = ownCore();
const wine = join(repository, 'resources', 'models', 'wine_mlp.onnx');

test('a model of one’s own gives its outputs as .npy and says what they are', async () => {
  const { x, labels } = JSON.parse(readFileSync(join(repository, 'resources/models/vectors/wine_mlp_test50.json'), 'utf8')) as {
    x: number[][];
    labels: number[];
  };
  const input = core.write('x.json', JSON.stringify(x));
  const folder = join(core.workFolder, 'outputs');
  const { code, stdout, stderr } = await core.run('run', wine, '--input', `x=${input}`, '--output', folder, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Job \d+ ran on /) });
  expect(JSON.parse(stdout)).toEqual({
    outputs: [{ name: 'probs', file: join(folder, 'probs.npy'), dtype: 'float32', shape: [x.length, 3] }],
    ranOn: expect.objectContaining({ provider: 'CPUExecutionProvider', cores: 1 }),
  });
  const { dtype, shape, values } = readNpy(readFileSync(join(folder, 'probs.npy')));
  expect({ dtype, shape }).toEqual({ dtype: '<f4', shape: [x.length, 3] });
  const rows = x.map((_, row) => values.slice(row * 3, row * 3 + 3).map(Number));
  expect(rows.map((row) => row.indexOf(Math.max(...row)))).toEqual(labels);
  expect(readdirSync(folder)).toEqual(['probs.npy']);
});

test.each([
  ['int64', [2, 2], '[[1, -2], [9007199254740992, 0]]', '<i8', [1, -2, 9007199254740992, 0]],
  ['string', [3], '["a", "größer", "数"]', '<U6', ['a', 'größer', '数']],
  ['float64', [], '0.1', '<f8', [0.1]],
  ['float32', [0, 3], '{"shape": [0, 3], "data": []}', '<f4', []],
] as const)('%s of shape %j comes out as it went in', async (type, shape, json, dtype, values) => {
  const model = core.write(`${type}.onnx`, identityModel(type, shape));
  const input = core.write(`${type}.json`, json);
  const folder = join(core.workFolder, type);
  const { code, stdout, stderr } = await core.run('run', model, '--input', `x=${input}`, '--output', folder, '--json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect((JSON.parse(stdout) as { outputs: unknown }).outputs).toEqual([
    { name: 'y', file: join(folder, 'y.npy'), dtype: type, shape: [...shape] },
  ]);
  expect(readNpy(readFileSync(join(folder, 'y.npy')))).toEqual({ dtype, shape: [...shape], values: [...values] });
});

test('what was written once is an input of the next run', async () => {
  const model = core.write('next.onnx', identityModel('float32', ['n', 2]));
  const input = core.write('next.json', '[[1.5, 2.5], [3.5, 4.5]]');
  const [first, second] = [join(core.workFolder, 'first'), join(core.workFolder, 'second')];
  expect(await core.run('run', model, '--input', `x=${input}`, '--output', first)).toMatchObject({ code: 0 });
  expect(await core.run('run', model, '--input', `x=${join(first, 'y.npy')}`, '--output', second)).toMatchObject({ code: 0 });
  expect(readFileSync(join(second, 'y.npy'))).toEqual(readFileSync(join(first, 'y.npy')));
});

test('a run that fails leaves no output behind', async () => {
  const folder = join(core.workFolder, 'none');
  const input = core.write('wrong.json', '["text"]');
  expect((await core.run('run', wine, '--input', `x=${input}`, '--output', folder)).code).toBe(2);
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});
