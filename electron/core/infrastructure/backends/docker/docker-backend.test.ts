import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { JobSpec } from '../../../../../shared/model/job.ts';
import { conformanceRun, recordingSink } from '../conformance.ts';
import { createDockerBackend } from './docker-backend.ts';

test.skipIf(process.platform === 'win32')('a container that Docker lists while it still makes it was never started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-backend-'));
  const socketPath = join(folder, 'd.sock');
  // What Docker answers in that moment: it is in the list, and cannot be looked at.
  const docker = createServer(({ url = '' }, reply) => {
    const isList = /\/containers\/json/.test(url);
    reply.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(isList ? [{ Id: 'a'.repeat(64), State: 'created' }] : { message: 'No such container' }));
  });
  await new Promise<void>((resolve) => docker.listen(socketPath, resolve));
  onTestFinished(() => {
    docker.closeAllConnections();
    docker.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = conformanceRun(JobSpec.parse({ runtime: 'container', image: 'busybox', command: ['true'] }), folder);
  const backend = createDockerBackend({ dataFolder: folder, socketPath });
  expect(await backend.find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'never-started' });
});
