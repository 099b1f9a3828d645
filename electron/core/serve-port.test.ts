import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Contract } from '../../shared/contract/index.ts';
import { createMemoryHandlers } from '../headless/memory-handlers.ts';
import { Refusal } from './lib/refusal.ts';
import { createRouter, type Handlers } from './dispatch.ts';
import { createPeerServer, servePort } from './serve-port.ts';

type LinkPort = ConstructorParameters<typeof RPCLink>[0]['port'];
type Client = ContractRouterClient<Contract>;

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

const connect = (change: (handlers: Handlers) => Handlers = (handlers) => handlers) => {
  const core = createMemoryHandlers();
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => void bugs.push(error);
  const servePeer = createPeerServer(createRouter(change(core.handlers), onBug), onBug);
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const close = servePort(port1, servePeer);
  port2.start();
  // The link wants a DOM port; Node's has the same methods.
  const client: Client = createORPCClient(new RPCLink({ port: port2 as unknown as LinkPort }));
  return { ...core, bugs, client, port: port2, close };
};

const errorOf = async (call: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ORPCError
    ? { code: error.code, status: error.status, defined: error.defined, message: error.message, data: error.data as unknown }
    : error;
};

const credit = (window: number) => ({ id: crypto.randomUUID(), window });

describe('calls over a message port', () => {
  test('reach their handlers and answer what these return', async () => {
    const { client, jobs } = connect();
    expect(await client.jobs.submit({ jobs: [{ runtime: 'command', command: ['true'], folder: '/' }] })).toEqual({ ids: [1] });
    expect(jobs[0]).toMatchObject({ runtime: 'command', group: 'default', priority: 0, resources: { cores: 1 } });
    expect(await client.jobs.list({})).toMatchObject({ total: 1, offset: 0 });
  });

  test('answer a refusal with its reason and its sentence', async () => {
    const { client, bugs } = connect();
    const sentence = 'There is no job 7. See the list with: switchyard status';
    expect(await errorOf(client.jobs.get({ id: 7 }))).toEqual({
      code: 'NOT_FOUND',
      status: 404,
      defined: true,
      message: sentence,
      data: { reason: { code: 'job-unknown', values: { id: 7 } }, sentence },
    });
    expect(await errorOf(client.app.open())).toMatchObject({
      code: 'REFUSED',
      status: 422,
      defined: true,
      data: { reason: { code: 'unavailable' } },
    });
    expect(bugs).toEqual([]);
  });

  test('answer a bug without its message and hand it on', async () => {
    const { client, bugs } = connect();
    const error = await errorOf(client.app.token());
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', status: 500 });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(bugs).toEqual([new Error('a secret detail')]);
  });

  test('answer wrong input with where and what is wrong, and do not reach the handler', async () => {
    const { client, jobs, bugs } = connect();
    const wrong = { jobs: [{ runtime: 'command', command: 'true', folder: '/' }] } as unknown as Parameters<Client['jobs']['submit']>[0];
    expect(await errorOf(client.jobs.submit(wrong))).toMatchObject({
      code: 'BAD_REQUEST',
      status: 400,
      defined: true,
      message: 'jobs.0.command: Invalid input: expected array, received string.',
      data: { issues: [{ path: ['jobs', 0, 'command'] }] },
    });
    expect(jobs).toEqual([]);
    expect(bugs).toEqual([]);
  });

  test.each(['/app/secrets', '/__proto__/toString', '/app/constructor', '/jobs/__proto__', '/', '/app/status/../shutdown/x'])(
    'to %s are unknown',
    async (path) => {
      const { port } = connect();
      const answer = new Promise<unknown>((resolve) => port.once('message', resolve));
      port.postMessage(JSON.stringify({ i: '1', p: { u: path } }));
      expect(JSON.parse(String(await answer))).toMatchObject({ i: '1', p: { s: 404 } });
    },
  );
});

describe('handlers', () => {
  test('are told when the caller gives up', async () => {
    let told: AbortSignal | undefined;
    const { client, bugs } = connect((handlers) => ({
      ...handlers,
      jobs: {
        ...handlers.jobs,
        wait: (_input, { signal }) => {
          told = signal;
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
        },
      },
    }));
    const abort = new AbortController();
    const waiting = errorOf(client.jobs.wait({ id: 1 }, { signal: abort.signal }));
    await expect.poll(() => told?.aborted).toBe(false);
    abort.abort();
    await waiting;
    await expect.poll(() => told?.aborted).toBe(true);
    // A wait that the caller itself ended is nobody's bug.
    await client.app.status();
    expect(bugs).toEqual([]);
  });

  test('that answer what the contract does not allow are a bug, and the wrong answer is not sent', async () => {
    const wrong = { policy: 'secret' } as unknown as { policy: 'fifo' };
    const { client, bugs } = connect((handlers) => ({ ...handlers, scheduler: { ...handlers.scheduler, policy: () => wrong } }));
    const error = await errorOf(client.scheduler.policy());
    expect(error).toMatchObject({ status: 500 });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });

  test('that the contract does not name are not served', async () => {
    const { port } = connect((handlers) => ({ ...handlers, app: { ...handlers.app, secrets: () => 'secret' } }));
    const answer = new Promise<unknown>((resolve) => port.once('message', resolve));
    port.postMessage(JSON.stringify({ i: '1', p: { u: '/app/secrets' } }));
    expect(JSON.parse(String(await answer))).toMatchObject({ p: { s: 404 } });
  });

  test('of which one is missing do not compile', () => {
    const { handlers } = createMemoryHandlers();
    const { inspect: _inspect, ...models } = handlers.models;
    // @ts-expect-error models.inspect is missing
    const incomplete: Handlers = { ...handlers, models };
    // @ts-expect-error the answer of a policy is an object
    const wrong: Handlers = { ...handlers, scheduler: { ...handlers.scheduler, policy: () => 'fifo' } };
    expect([incomplete, wrong]).toHaveLength(2);
  });
});

describe('streams over a message port', () => {
  test('never run ahead of the reader by more than the window', async () => {
    const { client, notices } = connect();
    const stream = await client.app.notices({ credit: credit(32) });
    for (let taken = 0; taken < 21; taken += 1) await stream.next();
    // Calls on the same port are answered after what the stream could send by then.
    for (let round = 0; round < 50; round += 1) await client.app.status();
    expect(notices).toEqual({ made: 32, open: 1 });
  });

  test('go on as the reader acknowledges, and no further', async () => {
    const { client, notices } = connect();
    const line = credit(4);
    const stream = await client.app.notices({ credit: line });
    let last = 0;
    for (let taken = 1; taken <= 100; taken += 1) {
      const result = await stream.next();
      if (!result.done && result.value.code === 'job-done') last = result.value.values.id;
      if (taken % 2 === 0) await client.app.acknowledge({ id: line.id, count: 2 });
    }
    expect(last).toBe(100);
    expect(notices.made).toBeLessThanOrEqual(104);
    // Acknowledging what was never sent opens the window no wider than it is.
    await client.app.acknowledge({ id: line.id, count: 1024 });
    for (let round = 0; round < 50; round += 1) await client.app.status();
    expect(notices.made).toBeLessThanOrEqual(108);
  });

  test('end in the host when the reader stops while the host waits for credit', async () => {
    const { client, notices } = connect();
    const stream = await client.app.notices({ credit: credit(1) });
    await stream.next();
    expect(notices.open).toBe(1);
    await stream.return?.();
    await expect.poll(() => notices.open).toBe(0);
  });

  test('end in the host when its side of the port is closed', async () => {
    const { client, logs, close } = connect();
    await client.jobs.submit({ jobs: [{ runtime: 'command', command: ['true'], folder: '/' }] });
    const stream = await client.jobs.followLog({ id: 1, credit: credit(1) });
    await stream.next();
    expect(logs.open).toBe(1);
    close();
    await expect.poll(() => logs.open).toBe(0);
  });

  test('that fail or are refused in the middle say so and end', async () => {
    const { client, bugs } = connect((handlers) => ({
      ...handlers,
      app: {
        ...handlers.app,
        watch: async function* (_input, { signal }) {
          yield await handlers.app.status(undefined, { signal });
          throw new Refusal({ code: 'shutting-down', values: {} });
        },
        notices: async function* () {
          yield { code: 'job-done', values: { id: 1, name: 'a', seconds: 1 } };
          throw new Error('a secret detail');
        },
      },
    }));
    const [refused, failed] = [await client.app.watch({}), await client.app.notices({ credit: credit(2) })];
    await refused.next();
    await failed.next();
    expect(await errorOf(refused.next())).toMatchObject({ code: 'REFUSED', data: { reason: { code: 'shutting-down' } } });
    const error = await errorOf(failed.next());
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(bugs).toEqual([new Error('a secret detail')]);
    expect(await failed.next()).toMatchObject({ done: true });
  });

  test('are refused before they begin, and a credit serves one stream at a time', async () => {
    const { client } = connect();
    expect(await errorOf(client.jobs.followLog({ id: 3 }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await errorOf(client.devices.watch({}))).toMatchObject({ code: 'REFUSED', data: { reason: { code: 'shutting-down' } } });
    const line = credit(1);
    const stream = await client.app.notices({ credit: line });
    await stream.next();
    expect(await errorOf(client.app.notices({ credit: line }))).toMatchObject({ code: 'REFUSED' });
  });
});

test.each([
  ['text', 'garbage'],
  ['a number', 7],
  ['an empty object', {}],
  ['JSON without an id', '{"p":{"u":"/app/status"}}'],
  ['null', null],
  ['bytes', new Uint8Array([1, 2, 255, 0])],
])('a frame that is %s closes the port and hurts nobody else', async (_name, frame) => {
  const bad = connect();
  const good = connect();
  const closed = vi.fn();
  bad.port.on('close', closed);
  bad.port.postMessage(frame);
  await expect.poll(() => closed.mock.calls.length).toBe(1);
  expect((await good.client.app.status()).shell).toBe('headless');
});
