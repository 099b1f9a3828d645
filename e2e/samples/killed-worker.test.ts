import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { treeOf } from '../../electron/core/lib/process-tree.ts';
import { ownCore } from '../own-core.ts';
import { makeTextPicture } from '../tools/make-text-picture.ts';

const core = ownCore();

/** Node processes below the core that run worker.js; a confinement between them holds the same words and is not one. */
const workersOf = (processId: number): number[] =>
  treeOf(processId).filter((pid) => {
    const words = commandLineOf(pid).split('\0');
    return !words[0]?.endsWith('bwrap') && words.some((word) => /worker\.[jt]s$/.test(word));
  });

/** Of one that has just ended it is empty. */
const commandLineOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

test.skipIf(process.platform !== 'linux')('a worker killed by SIGSEGV in the middle of a job costs one attempt', async () => {
  const { processId } = JSON.parse((await core.run('status', '--json')).stdout) as Status;
  const picture = await makeTextPicture({ seed: 7, lines: 3 });
  const files = Array.from({ length: 12 }, (_, index) => ({ path: core.write(`${index}.png`, picture.png) }));
  const { ids } = await core.rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [{ runtime: 'application', application: 'ocr', files }],
  });
  const get = (): Promise<JobDetail> => core.rest.ask('GET', `/jobs/${ids[0]}`);

  await expect.poll(async () => (await get()).progress?.done ?? 0, { interval: 20 }).toBeGreaterThanOrEqual(2);
  const [worker, ...others] = workersOf(processId);
  expect(others).toEqual([]);
  process.kill(worker ?? 0, 'SIGSEGV');

  const ended = await core.rest.ask<JobDetail>('GET', `/jobs/${ids[0]}/wait`);
  expect(ended.state).toMatchObject({ kind: 'succeeded', attempt: 2 });
  expect(ended.events.map(({ state }) => state.kind)).toEqual(
    expect.arrayContaining(['pending', 'starting', 'running', 'pending', 'starting', 'running', 'succeeded']),
  );
  const items = ended.result?.kind === 'text' ? ended.result.items : [];
  expect(items.map(({ lines }) => lines.map(({ text }) => text))).toEqual(files.map(() => picture.lines));
  expect(workersOf(processId)).not.toContain(worker);
  expect((await core.rest.ask<Status>('GET', '/status')).processId).toBe(processId);
});
