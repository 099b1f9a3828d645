import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { createFakeBackend, openTestCore, removeFolder, type FakeBackend, type TestCore } from './test-core.ts';

/* A backend that cannot run jobs is asked again, every five seconds while a job waits for it. */

const askEveryMs = 5000;
const gone: Outcome = { kind: 'failed', reason: { code: 'docker-unavailable', values: { detail: 'nobody answers' } } };
const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };

let docker: FakeBackend;
let core: TestCore;

beforeEach(() => {
  // Only what asks again and again; the journal, the lists and the waiting here go by real time.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  docker = createFakeBackend('docker');
});

afterEach(async () => {
  await core.close();
  vi.useRealTimers();
  await removeFolder(core);
  expect(core.bugs).toEqual([]);
});

const submitContainer = async (): Promise<number> => {
  const [id] = await core.submit({ runtime: 'container', image: 'busybox', command: ['true'] });
  if (id === undefined) throw new Error('nothing was accepted');
  return id;
};

const whenWaitingFor = async (id: number, code: string): Promise<JobDetail> => {
  for await (const job of await core.client.jobs.watchOne({ id })) if (job.wait?.code === code) return job;
  throw new Error('the stream ended');
};

test('a backend that is found gone at a start is asked again, and once it is back the job runs as its first attempt', async () => {
  core = await openTestCore({ docker });
  const id = await submitContainer();
  docker.availability = { kind: 'unavailable', detail: 'still nobody' };
  (await docker.started(1)).end(gone);
  const waiting = await whenWaitingFor(id, 'backend-unavailable');
  expect(waiting.wait).toMatchObject({ values: { detail: 'nobody answers' } });

  // Asked once more, and gone as before: now with what it says itself.
  await vi.advanceTimersByTimeAsync(askEveryMs);
  expect((await core.client.jobs.get({ id })).wait).toMatchObject({ values: { detail: 'still nobody' } });
  expect(docker.attempts).toHaveLength(1);

  docker.availability = { kind: 'ready' };
  await vi.advanceTimersByTimeAsync(askEveryMs);
  const again = await docker.started(2);
  expect(again.run).toMatchObject({ jobId: id, attempt: 1 });
  again.end(success);
  expect(await core.ended(id)).toMatchObject({ state: { kind: 'succeeded', attempt: 1 } });
});

test('a backend that is gone when the core starts is asked again, and other work does not wait for it', async () => {
  docker.availability = { kind: 'unavailable', detail: 'nobody answers' };
  core = await openTestCore({ docker });
  const id = await submitContainer();
  await whenWaitingFor(id, 'backend-unavailable');
  await core.submit({});
  await core.command.started(1);
  docker.availability = { kind: 'ready' };
  await vi.advanceTimersByTimeAsync(askEveryMs);
  expect((await docker.started(1)).run.jobId).toBe(id);
});
