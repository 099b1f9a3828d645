import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { statOf } from '../core/lib/process-tree.ts';
import { createSpawnWorker } from './spawn-worker.ts';

/** A worker of a few lines, in a folder of its own. */
const setUp = (code: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'spawn worker '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, 'worker.mjs');
  writeFileSync(entry, code);
  return { folder, entry, logFile: join(folder, 'log') };
};

const echo = `process.on('message', (message) => process.send(message)); process.send({ env: process.env });`;

const nextMessages = (worker: { onMessage(listener: (message: unknown) => void): void }) => {
  const waiting: ((message: unknown) => void)[] = [];
  const come: unknown[] = [];
  worker.onMessage((message) => (waiting.shift() ?? ((late) => come.push(late)))(message));
  return (): Promise<unknown> => (come.length > 0 ? Promise.resolve(come.shift()) : new Promise((resolve) => waiting.push(resolve)));
};

test('a worker talks in typed arrays, runs at lower priority and ends when it is killed', async () => {
  const { entry, logFile } = setUp(echo);
  const worker = await createSpawnWorker(entry)({ environment: {}, wrapper: [], logFile });
  const next = nextMessages(worker);
  await next();
  const message = { values: Float32Array.of(1, 2.5), long: 5n };
  worker.post(message);
  expect(await next()).toEqual(message);
  if (process.platform !== 'win32') expect(getPriority(worker.pid) - getPriority()).toBe(5);
  worker.kill();
  expect(await worker.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
});

test('a worker gets what it is given and no secret of the environment', async () => {
  process.env['SWITCHYARD_TEST_SECRET'] = 'secret';
  onTestFinished(() => void delete process.env['SWITCHYARD_TEST_SECRET']);
  const { entry, logFile } = setUp(echo);
  const worker = await createSpawnWorker(entry)({ environment: { GIVEN: 'yes' }, wrapper: [], logFile });
  const { env } = (await nextMessages(worker)()) as { env: Record<string, string> };
  worker.kill();
  await worker.exited;
  expect(env).toMatchObject({ GIVEN: 'yes', ORT_DISABLE_TELEMETRY: '1' });
  expect(env).not.toHaveProperty('SWITCHYARD_TEST_SECRET');
});

test('what a worker prints is added to its log', async () => {
  const { entry, logFile } = setUp(`console.log('printed'); console.error('complained'); process.exit(3)`);
  writeFileSync(logFile, 'before\n');
  const worker = await createSpawnWorker(entry)({ environment: {}, wrapper: [], logFile });
  expect(await worker.exited).toEqual({ exitCode: 3, signal: null });
  expect(readFileSync(logFile, 'utf8')).toBe('before\nprinted\ncomplained\n');
});

test('a program that cannot be started is told in a sentence', async () => {
  const { entry, logFile } = setUp(echo);
  const start = createSpawnWorker(entry)({ environment: {}, wrapper: ['/no/such/program'], logFile });
  // With a starter before it (nice, setpriv) the failure is that one's exit; without, it is the start that fails.
  const ended = await start.then(
    (worker) => worker.exited,
    (error: Error) => error.message,
  );
  expect(ended).not.toMatchObject({ exitCode: 0 });
  if (existsSync('/usr/bin/nice')) expect(readFileSync(logFile, 'utf8')).toContain('/no/such/program');
});

test('a worker ends with the process that started it, however that ends', { skip: process.platform !== 'linux' }, async () => {
  const { folder, entry, logFile } = setUp(`setInterval(() => {}, 1000); process.on('disconnect', () => {});`);
  const core = join(folder, 'core.mjs');
  const product = join(import.meta.dirname, 'spawn-worker.ts');
  writeFileSync(
    core,
    `import { createSpawnWorker } from ${JSON.stringify(product)};
    const worker = await createSpawnWorker(${JSON.stringify(entry)})({ environment: {}, wrapper: [], logFile: ${JSON.stringify(logFile)} });
    console.log(worker.pid);`,
  );
  const child = spawn(process.execPath, [core], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))));
  expect(statOf(pid)).toBeDefined();
  child.kill('SIGKILL');
  await expect.poll(() => statOf(pid)?.isZombie ?? true, { interval: 10 }).toBe(true);
});
