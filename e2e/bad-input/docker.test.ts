import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { dockerEngine } from '../engines/docker.ts';
import { ownCore } from '../own-core.ts';
import { deadlineMs, refusedByRest } from './expect-refused.ts';

/* Docker that is not there, and an image that Docker does not have. */

const socket = join(tmpdir(), `no docker here ${process.pid}.sock`);
const waitSentence = /^Waits until docker can run jobs: .+[.!] Starts by itself once it can\.$/;

describe('without a Docker', () => {
  const core = ownCore({ DOCKER_HOST: `unix://${socket}` });
  const job = (id: string): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);

  test('a container waits and says for what, others pass it, and it can be cancelled', async () => {
    const added = await core.run('add', '--image', 'busybox', '--', 'true');
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const id = added.stdout.trim();
    await expect
      .poll(() => job(id), { timeout: deadlineMs })
      .toMatchObject({
        state: { kind: 'pending' },
        wait: { code: 'backend-unavailable' },
        sentence: expect.stringMatching(waitSentence),
      });
    const { sentence = '' } = await job(id);
    expect(sentence).toContain(socket);
    expect((await core.run('status', id)).stdout).toContain(sentence);

    expect(await core.run('add', '--wait', '--', 'true')).toMatchObject({ code: 0, stderr: '' });
    expect(await job(id)).toMatchObject({ state: { kind: 'pending' }, wait: { code: 'backend-unavailable' } });

    expect(await core.run('cancel', id)).toMatchObject({ code: 0 });
    expect((await job(id)).state.kind).toBe('cancelled');
  });
});

const engine = await dockerEngine();

describe.skipIf('skip' in engine)('in a Docker without the image', () => {
  const core = ownCore({ DOCKER_HOST: `unix://${'socket' in engine ? engine.socket : ''}` });
  const image = 'switchyard-test/no-such-image:1';
  const sentence = `There is no image ${image} on this machine. Pull or build it with Docker, then retry.`;

  test('the command line ends with 2 and names it', async () => {
    const { code, stderr } = await core.run('add', '--wait', '--image', image, '--', 'true');
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${sentence}\n` });
  });

  test('REST answers the same, and the next command runs', async () => {
    expect(await refusedByRest(core, { runtime: 'container', image, command: ['true'], inputs: [] }, sentence)).toBe('image-missing');
    expect(await core.run('add', '--wait', '--', 'true')).toMatchObject({ code: 0 });
  });
});
