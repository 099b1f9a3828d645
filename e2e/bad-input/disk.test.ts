import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { JobPage } from '../../shared/contract/jobs.ts';
import { openRest, repository, switchyard, type Ran } from '../switchyard.ts';

/* Data folders that cannot hold what they should. File systems are made for it, which only root may do. */

const root = mkdtempSync(join(tmpdir(), 'switchyard-disk-'));
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;
const mounted: string[] = [];

const mount = (folder: string, ...options: string[]): void => {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', [...options, folder]);
  if (!mounted.includes(folder)) mounted.push(folder);
};

afterAll(() => {
  for (const folder of mounted) spawnSync('umount', ['--lazy', folder]);
  rmSync(root, { recursive: true, force: true });
});

const expectNoCore = (ran: Ran, sentence: RegExp): void => {
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 3, stdout: '' });
  expect(ran.stderr).toMatch(sentence);
};
const notWritable =
  /^The data folder \S+ cannot be written \([A-Z]+\), so no core can be started\. Check its permissions or choose another with --data\.\n$/;

describe('a data folder that cannot be written is named, and no core is started', () => {
  test('below a file, and below what takes no folders', async () => {
    expectNoCore(await switchyard(['status'], { dataFolder: join(repository, 'package.json', 'data') }), notWritable);
    expectNoCore(await switchyard(['status'], { dataFolder: '/dev/null' }), notWritable);
    if (process.platform === 'linux') expectNoCore(await switchyard(['status'], { dataFolder: '/proc/switchyard' }), notWritable);
  });

  test.skipIf(!canMount)('on a file system that is only for reading', async () => {
    const folder = join(root, 'read-only');
    mount(folder, '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
    expectNoCore(await switchyard(['status'], { dataFolder: folder }), notWritable);
    expectNoCore(await switchyard(['status'], { dataFolder: join(folder, 'new') }), notWritable);
  });

  test.skipIf(!canMount)('of another user', async () => {
    const folder = join(root, 'of-root');
    mkdirSync(folder);
    const wrapper = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    expectNoCore(await switchyard(['status'], { dataFolder: folder, wrapper, folder: '/' }), notWritable);
  });
});

test('a data folder whose path is longer than a socket’s may be works like any other', async () => {
  const dataFolder = join(root, 'long '.repeat(40).trim(), 'data');
  const ran = await switchyard(['add', '--wait', '--', 'echo', 'far away'], { dataFolder });
  expect(ran).toMatchObject({ code: 0, stdout: '1\n' });
  expect((await switchyard(['log', '1'], { dataFolder })).stdout).toBe('far away\n');
  expect(await switchyard(['shutdown'], { dataFolder })).toMatchObject({ code: 0 });
});

describe.skipIf(!canMount)('a disk that runs full', () => {
  const disk = join(root, 'disk');
  const dataFolder = join(disk, 'data');
  const job = { runtime: 'command', command: ['true', 'x'.repeat(20_000)], folder: '/' };
  const status = async (): Promise<Status> => JSON.parse((await switchyard(['status', '--json'], { dataFolder })).stdout) as Status;

  test('refuses what it cannot keep, keeps what it took through a restart, and goes on when there is space', async () => {
    mount(disk, '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs');
    await status();
    const accepted: number[] = [];
    const rest = openRest(dataFolder);
    let reply = await rest.call('POST', '/jobs', { jobs: [job] });
    while (reply.status === 201 && accepted.length < 1000) {
      accepted.push(...(reply.body as { ids: number[] }).ids);
      reply = await rest.call('POST', '/jobs', { jobs: [job] });
    }
    expect(reply).toMatchObject({ status: 422, body: { data: { reason: { code: 'disk-full' } } } });
    expect(accepted.length).toBeGreaterThan(3);
    expect(await switchyard(['add', '--', 'true', 'y'.repeat(100_000)], { dataFolder })).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^The disk of \S+ is full\. Free some space[^\n]*\n$/),
    });
    rest.close();
    // To the last byte: what is written beside the journal does not fit either.
    spawnSync('dd', ['if=/dev/zero', `of=${disk}/filler`], { stdio: 'ignore' });
    expect(await switchyard(['open'], { dataFolder })).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^The disk of \S+run is full\. Free some space and retry\.\n$/),
    });
    rmSync(join(disk, 'filler'));

    expect(await switchyard(['shutdown'], { dataFolder })).toMatchObject({ code: 0 });
    // The next core starts on the full disk as well, and knows all of them.
    await status();
    const onFullDisk = openRest(dataFolder);
    const known = await onFullDisk.ask<JobPage>('GET', '/jobs?limit=500');
    expect(known.rows.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(accepted);
    onFullDisk.close();
    execFileSync('mount', ['-o', 'remount,size=30m', disk]);
    expect((await status()).processId).toBeGreaterThan(0);
    const again = openRest(dataFolder);
    await expect.poll(async () => (await again.ask<Status>('GET', '/status')).counts).toMatchObject({ running: 0, pending: 0 });
    const page = await again.ask<JobPage>('GET', '/jobs?limit=500');
    expect(page.rows.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(accepted);
    again.close();
    expect(await switchyard(['add', '--wait', '--', 'true'], { dataFolder })).toMatchObject({ code: 0 });
    expect(await switchyard(['shutdown'], { dataFolder })).toMatchObject({ code: 0 });
  });
});

describe.skipIf(!canMount)('files that only another user may read', () => {
  test('are named as unreadable by the command line and by the core of a user without rights', async () => {
    const home = join(root, 'nobody');
    const dataFolder = join(home, 'data');
    mkdirSync(home);
    chownSync(home, 65534, 65534);
    // The folder around it is 0700 by mkdtemp, which would hide the user's own home.
    execFileSync('chmod', ['711', root]);
    const secret = join(root, 'secret.onnx');
    execFileSync('install', ['-m', '600', join(repository, 'resources/models/wine_mlp.onnx'), secret]);
    const options = {
      dataFolder,
      folder: '/',
      wrapper: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'],
      environment: { HOME: home },
    };
    const refused = { code: 2, stdout: '', stderr: `${secret} cannot be read. Check its permissions.\n` };
    expect(await switchyard(['run', secret, '--output', join(home, 'out')], options)).toEqual(refused);
    expect(await switchyard(['status'], options)).toMatchObject({ code: 0 });
    // Root may use the socket of anybody; the core behind it has the rights of its own user.
    const rest = openRest(dataFolder);
    expect(await rest.call('POST', '/jobs', { jobs: [{ runtime: 'onnx', model: { path: secret }, inputs: [] }] })).toMatchObject({
      status: 422,
      body: { data: { reason: { code: 'file-unreadable' }, sentence: `${secret} cannot be read. Check its permissions.` } },
    });
    rest.close();
    expect(await switchyard(['run', secret, '--output', '/root/out'], options)).toMatchObject({ code: 2 });
    expect(await switchyard(['add', '--wait', '--', 'true'], options)).toMatchObject({ code: 0 });
    expect(await switchyard(['shutdown'], options)).toMatchObject({ code: 0 });
  });
});
