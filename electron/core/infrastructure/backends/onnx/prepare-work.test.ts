import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JobSpec } from '../../../../../shared/model/job.ts';
import type { TaskRun } from '../../../ports.ts';
import { makeSlotFolders } from './job-files.ts';
import { prepareWork } from './prepare-work.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-prepare-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const runOf = (paths: readonly string[]): TaskRun => ({
  task: '1',
  attempt: 1,
  jobId: 1,
  spec: JobSpec.parse({ runtime: 'application', application: 'digits', files: paths.map((path) => ({ path })) }),
  placement: { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 },
  folder,
  logFile: join(folder, 'log'),
  resolve: (ref) => ('path' in ref ? { path: ref.path, name: ref.path } : { path: '', name: ref.name }),
});

test('many files of a job are given to a confined worker a few at a time, in their order', async () => {
  const paths = Array.from({ length: 50 }, (_, index) => join(folder, `${index}.png`));
  for (const path of paths) writeFileSync(path, path);
  const folders = await makeSlotFolders(join(folder, 'slot'));
  const work = await prepareWork(runOf(paths), folder);
  const before = filesInWork();
  const seat = { folders, isUsed: false };
  const request = work.request(seat, 1, folder, 'cpu');
  // All at once would hold the core's only thread until each has been begun.
  expect(filesInWork() - before).toBeLessThanOrEqual(4);
  expect(await request).toMatchObject({ files: paths.map((path, index) => ({ name: path, path: `/in/${index}.png` })) });
  expect(readdirSync(folders.inputs)).toHaveLength(50);
  expect(seat.isUsed).toBe(true);
});

/** Requests for files that the system has not answered. */
const filesInWork = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'FSReqPromise').length;
