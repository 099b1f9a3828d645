import { request } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import { ownCore } from '../own-core.ts';
import { expectSentence, refusedByRest } from './expect-refused.ts';

/* Wrong words, wrong numbers, wrong visitors: refused in one sentence, and the core goes on. */

const core = ownCore();
let processId: number;
beforeAll(async () => {
  processId = (JSON.parse((await core.run('status', '--json')).stdout) as Status).processId;
});
const command = (more: object): JobRequest => ({ runtime: 'command', command: ['true'], folder: '/', ...more }) as JobRequest;

describe('numbers beyond reason', () => {
  test.each([
    [['--cpus', '1e9'], { resources: { cores: 1e9 } }],
    [['--cpus', '-1'], { resources: { cores: -1 } }],
    [['--cpus', 'NaN'], { resources: { cores: null } }],
    [['--cpus', '4000'], { resources: { cores: 4000 } }],
    [['--memory', '9000000000000000000'], { resources: { memoryBytes: 9e18 } }],
    [['--memory', '9000000000000000'], { resources: { memoryBytes: 9e15 } }],
    [['--memory=-5'], { resources: { memoryBytes: -5 } }],
    [['--priority', '1000000'], { priority: 1e6 }],
    [['--priority', '1.5'], { priority: 1.5 }],
    [['--retries', '1000000'], { retries: 1e6 }],
    [['--time', '0'], { timeLimitSeconds: 0 }],
    [['--time=-1'], { timeLimitSeconds: -1 }],
    [['--after', '0'], { after: [0] }],
    [['--after', '9007199254740991'], { after: [2 ** 53 - 1] }],
    [['--after', '9007199254740992'], { after: [2 ** 53] }],
    [['--env', 'A B=1'], { environment: { 'A B': '1' } }],
    [['--cwd', '/nowhere/at/all'], { folder: '/nowhere/at/all' }],
  ])('%j', async (words, more) => {
    await expectSentence(core, ['add', ...words, '--', 'true'], /^.{10,200}$/);
    await refusedByRest(core, command(more), /^.{10,200}\.$/);
  });

  test.each(['0', '-1', 'abc', '9007199254740992', '1e400', '999999'])('the job %s is there for nobody', async (id) => {
    for (const verb of ['log', 'wait', 'cancel', 'retry', 'follow', 'status'])
      await expectSentence(core, [verb, id], /^There is no |is not a job number\./);
    for (const part of ['', '/log', '/wait', '/log/follow']) {
      const { status, body } = await core.rest.call('GET', `/jobs/${encodeURIComponent(id)}${part}`);
      expect([400, 404]).toContain(status);
      expect((body as { message: string }).message).toMatch(/^.{10,}\.$|switchyard status$/);
    }
  });

  test('a time limit of a thousand years is one that never comes', async () => {
    expect(await core.run('add', '--wait', '--time', '365000d', '--', 'true')).toMatchObject({ code: 0, stderr: '' });
  });
});

test('a word that no job knows is refused by REST, rather than forgotten', async () => {
  for (const [job, key] of [
    [command({ timeLimit: 5 }), 'timeLimit'],
    [command({ resources: { memory: 5 } }), 'memory'],
  ] as const) {
    const { status, body } = await core.rest.call('POST', '/jobs', { jobs: [job] });
    expect({ status, body }).toMatchObject({ status: 400, body: { data: { sentence: expect.stringContaining(`"${key}"`) } } });
  }
});

describe('commands that cannot run', () => {
  const plain = (): string => core.write('plain.txt', 'no program');

  test('end with 2 and say why', async () => {
    const why = async (...words: string[]): Promise<string> => {
      const { code, stderr } = await core.run('add', '--wait', '--', ...words);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await why('/nowhere/program')).toBe('/nowhere/program could not be started: there is no such file.\n');
    expect(await why('no-such-program')).toBe('no-such-program could not be started: there is no such program in the folders of PATH.\n');
    const file = plain();
    expect(await why(file)).toBe(`${file} could not be started: it may not be run. Check its permissions.\n`);
    expect(await why('/')).toBe('/ could not be started: it is a folder.\n');
    expect(await why('')).toBe('"" could not be started: the name of the program is empty.\n');
  });

  test('with a NUL in a word, a variable or the folder fail with a sentence', async () => {
    const sentence = /could not be started: the command, a variable or the folder holds a NUL character\.$/;
    expect(await refusedByRest(core, command({ command: ['true', 'a\0b'] }), sentence)).toBe('command-not-started');
    expect(await refusedByRest(core, command({ environment: { A: 'a\0b' } }), sentence)).toBe('command-not-started');
    expect(await refusedByRest(core, command({ folder: '/a\0b' }), /^The folder .+ does not exist\./)).toBe('folder-missing');
  });

  test('a variable of 1 MB is more than the system allows, and says so', async () => {
    const environment = { BIG: 'x'.repeat(1_000_000) };
    expect(await refusedByRest(core, command({ environment }), /longer than this system allows\.$/)).toBe('command-not-started');
  });

  test('ten thousand arguments arrive', async () => {
    const words = Array.from({ length: 10_000 }, (_, index) => String(index));
    const { code, stdout } = await core.run('add', '--wait', '--', 'sh', '-c', 'echo $# ${10000}', 'sh', ...words);
    expect(code).toBe(0);
    expect((await core.run('log', stdout.trim())).stdout).toBe('10000 9999\n');
  });

  test('one that removes its own result folder succeeds without results', async () => {
    const { code, stdout } = await core.run('add', '--wait', '--', 'sh', '-c', 'rm -rf "$SWITCHYARD_OUTPUT"');
    expect(code).toBe(0);
    expect((await core.rest.ask<JobDetail>('GET', `/jobs/${stdout.trim()}`)).artifacts).toEqual([]);
  });

  test('results may be called anything and stay in their folder', async () => {
    const names = ['-rf', 'a b', 'q"uo\'te', 'new\nline', 'größer 📦', '..hidden', 'x'.repeat(200)];
    const script = 'cd "$SWITCHYARD_OUTPUT" && for name; do echo kept > "./$name"; done; ln -s /etc/passwd link';
    const { code, stdout } = await core.run('add', '--wait', '--', 'sh', '-c', script, 'sh', ...names);
    expect(code).toBe(0);
    const { artifacts } = await core.rest.ask<JobDetail>('GET', `/jobs/${stdout.trim()}`);
    expect(artifacts.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const { sha256 } of artifacts) expect(String(await core.rest.bytes(`/artifacts/${sha256}`))).toBe('kept\n');
  });

  test('a log of 200 MB that is followed does not fill the core’s memory', { timeout: 240_000 }, async () => {
    const resident = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) * 1024;
    const before = resident();
    const script = 'head -c 200000000 /dev/zero | tr "\\0" "a" | fold -w 99';
    const id = (await core.run('add', '--', 'sh', '-c', script)).stdout.trim();
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, resident())), 50);
    const bytes = await new Promise<number>((resolve, reject) => {
      let total = 0;
      const path = join(core.dataFolder, 'run', 'core.sock');
      request({ socketPath: path, path: `/api/v1/jobs/${id}/log/follow` }, (reply) => {
        reply.on('data', (chunk: Buffer) => (total += chunk.length));
        reply.on('end', () => resolve(total));
        reply.on('error', reject);
      }).end();
    });
    clearInterval(timer);
    expect(bytes).toBeGreaterThan(200_000_000);
    expect(peak - before).toBeLessThan(100 * 1024 ** 2);
  });
});

describe('visitors who may not come in', () => {
  interface Visit {
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly path?: string;
  }

  const visit = async ({ headers = {}, body, path = '/api/v1/status' }: Visit): Promise<{ status: number; body: unknown }> => {
    const { address, token } = await core.rest.ask<{ address: string; token: string }>('GET', '/token');
    return new Promise((resolve, reject) => {
      const given = { authorization: `Bearer ${token}`, ...headers };
      const outgoing = request(
        `${address}${path}`,
        { method: body === undefined ? 'GET' : 'POST', headers: given, setHost: headers['host'] === undefined },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
  const json = { 'content-type': 'application/json' };

  test.each<[string, number, string, Visit]>([
    ['a wrong token', 401, 'token-wrong', { headers: { authorization: 'Bearer 0000' } }],
    ['no token', 401, 'token-wrong', { headers: { authorization: '' } }],
    ['a foreign Origin', 403, 'origin-foreign', { headers: { origin: 'http://example.com' } }],
    ['a foreign Host', 403, 'host-foreign', { headers: { host: 'example.com' } }],
    [
      'an oversized body',
      413,
      'body-too-large',
      { headers: json, body: JSON.stringify({ jobs: 'x'.repeat(2_000_000) }), path: '/api/v1/jobs' },
    ],
    ['malformed JSON', 400, 'body-not-json', { headers: json, body: '{"jobs": [', path: '/api/v1/jobs' }],
    ['a form', 415, 'body-not-json', { headers: { 'content-type': 'text/plain' }, body: '{}', path: '/api/v1/jobs' }],
    ['an address of nothing', 404, 'address-unknown', { path: '/api/v1/nothing' }],
  ])('%s', async (_, status, code, given) => {
    expect(await visit(given)).toMatchObject({
      status,
      body: { data: { reason: { code }, sentence: expect.stringMatching(/^[A-Z`].+[.l-n]$/) } },
    });
  });

  test('the right token under the right name is let in', async () => {
    expect(await visit({})).toMatchObject({ status: 200, body: { processId } });
  });
});

test('an upload that is gone, or never was, is told by its id', async () => {
  const files = [{ fileId: '00000000-0000-4000-8000-000000000000', name: 'a.png' }];
  const sentence = /^The uploaded file \S+ is not there any more\. Upload it again\.$/;
  expect(await refusedByRest(core, { runtime: 'application', application: 'ocr', files }, sentence)).toBe('file-unknown');
  const outside = [{ fileId: '../../../etc/passwd', name: 'a.png' }];
  expect(await refusedByRest(core, { runtime: 'application', application: 'ocr', files: outside }, sentence)).toBe('file-unknown');
});

test('an attempt that never was is refused', async () => {
  const id = (await core.run('add', '--wait', '--', 'true')).stdout.trim();
  await expectSentence(core, ['log', id, '--attempt', '3'], `Job ${id} has no attempt 3; it has had 1 attempt.`);
});

test('after all of that the same core has nothing running and does its work', async () => {
  const status = await core.rest.ask<Status>('GET', '/status');
  expect(status).toMatchObject({ processId, counts: { running: 0, pending: 0 } });
  writeFileSync(join(core.workFolder, 'done'), '');
  expect(await core.run('add', '--wait', '--', 'test', '-f', join(core.workFolder, 'done'))).toMatchObject({ code: 0 });
});
