import { expect, test } from 'vitest';
import { JobSpec, type JobDetail } from '../../../shared/model/job.ts';
import { createTestClient, emptyCore, rowOf } from '../../test-client.ts';
import { createRunStore } from './run-store.ts';

const picture = { path: '/scans/note.png' };
const earlier: JobDetail = {
  ...rowOf(7, { runtime: 'application' }),
  spec: JobSpec.parse({ runtime: 'application', application: 'ocr', files: [picture] }),
  demand: { cores: 1, memoryBytes: 1e9, memoryFrom: 'default' },
  events: [],
  artifacts: [],
};

test('files that the page was opened with are referred to where they lie, chosen ones are sent', async () => {
  const run = createRunStore(createTestClient(emptyCore), [picture]);
  run.stage([new File(['x'], 'b.png')]);
  expect(run.getState().files.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['note.png', undefined],
    ['b.png', 1],
  ]);
  const told: number[] = [];
  const refs = await run.refer(run.getState().files, (done) => told.push(done));
  expect(refs).toEqual([picture, { fileId: 'id of b.png', name: 'b.png' }]);
  expect(told).toEqual([1, 2]);
});

test('a file beyond the limit is refused before anything of it is sent', async () => {
  const run = createRunStore(createTestClient(emptyCore), []);
  run.stage([new File(['xyz'], 'b.png')]);
  const problem = { kind: 'refused', reason: { code: 'file-too-large', values: { path: 'b.png', bytes: 3, limitBytes: 2 } } };
  expect(await run.refer(run.getState().files, () => {}, 2)).toEqual({ problem });
  expect(await run.refer(run.getState().files, () => {}, 3)).toEqual([{ fileId: 'id of b.png', name: 'b.png' }]);
});

test('an earlier job brings its files in place of others, and takes away only its own', async () => {
  const client = createTestClient({ ...emptyCore, details: new Map([[7, earlier]]) });
  const run = createRunStore(client, []);
  run.stage([new File([''], 'old.png')]);
  expect(await run.recall(7)).toBeUndefined();
  expect(run.getState().draft?.spec).toEqual(earlier.spec);
  run.stage([new File([''], 'new.png')]);
  run.forget();
  expect([run.getState().draft, run.getState().files.map(({ name }) => name)]).toEqual([undefined, ['new.png']]);
});

test('a job that is not there is a problem, and what is at hand stays', async () => {
  const client = createTestClient(emptyCore);
  const run = createRunStore(client, [picture]);
  const problem = { kind: 'refused', reason: { code: 'job-unknown', values: { id: 9 } } } as const;
  client.refuse(problem);
  expect(await run.recall(9)).toEqual({ problem });
  expect(run.getState().files.length).toBe(1);
});
