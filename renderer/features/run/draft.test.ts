import { expect, test } from 'vitest';
import { JobSpec, type JobRequest } from '../../../shared/model/job.ts';
import { commandLineOf, draftOf, environmentText, optionTexts } from './draft.ts';
import { jobOptions, noOptions, wrongOptions } from './job-options.ts';
import { parseEnvironment } from './quantities.ts';

const spec = (change: Partial<JobRequest> = {}) =>
  JobSpec.parse({ runtime: 'command', command: ['true'], folder: '/', ...change } satisfies Record<string, unknown>);

test('a job with nothing unusual leaves all options empty', () => expect(optionTexts(spec())).toEqual(noOptions));

test.each<Partial<JobRequest>>([
  { resources: { cores: 2.5, memoryBytes: 12e9 }, timeLimitSeconds: 5400, expectedSeconds: 90 },
  { resources: { cores: 0.1, memoryBytes: 60 * 1024 ** 2 }, timeLimitSeconds: 0.25 },
  { resources: { cores: 1, device: { kind: 'gpu', count: 1, learnedMemory: true } } },
  { hours: { from: '22:00', to: '06:00', repeats: 'weekdays' } },
  { resources: { cores: 1, on: ['left', 'right'], notOn: ['gpu1'], prefer: 'pack' } },
  { resources: { cores: 16, memoryBytes: 1_234_567_891 }, timeLimitSeconds: 86_400 },
  {
    name: 'sweep 3',
    group: 'Vision',
    priority: -7,
    after: [3, 14],
    afterAny: [5],
    afterNotOk: [6, 7],
    preemptible: { graceSeconds: 90 },
    retries: 2,
  },
])('what a job asked for is typed so that it asks for the same again: %o', (asked) => {
  const texts = optionTexts(spec(asked));
  expect(wrongOptions(texts, 'command')).toEqual([]);
  const again = jobOptions(texts);
  expect({ ...asked, ...again }).toEqual(again);
  expect(spec(again)).toEqual(spec(asked));
});

test('a line for the shell comes back as it was written; other commands become a line that does the same', () => {
  expect(commandLineOf(['sh', '-c', 'python3 a.py > out'])).toBe('python3 a.py > out');
  expect(commandLineOf(['python3', 'train it.py', "it's", '--epochs=3', ''])).toBe("python3 'train it.py' 'it'\\''s' --epochs=3 ''");
});

test('an environment comes back line by line', () => {
  const environment = { SEED: '7', PATH_2: 'a=b c' };
  expect(parseEnvironment(environmentText(environment))).toEqual({ kind: 'value', value: environment });
});

test('the files of a job are at hand by their names, the model before its inputs', () => {
  const model = { path: '/models/wine v2.onnx' };
  const input = { fileId: 'abc', name: 'x.npy' };
  const files = draftOf(7, JobSpec.parse({ runtime: 'onnx', model, inputs: [{ name: 'x', file: input }] })).files;
  expect(files).toEqual([
    { name: 'wine v2.onnx', source: model },
    { name: 'x.npy', source: input },
  ]);
});
