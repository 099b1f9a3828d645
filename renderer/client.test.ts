import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, test } from 'vitest';
import { contract } from '../shared/contract/index.ts';
import { connect } from './client.ts';
import { RefusedFileError } from './connection.ts';
import { emptyStatus } from './test-client.ts';
import { LockedError, type Line, type Transport } from './transports.ts';

const os = implement(contract);

/** A core behind real ports: each opening is a new channel, and a test can cut the one in use. */
const createPortCore = (options: { count: number; isLocked?: boolean }) => {
  const acknowledged: number[] = [];
  let opened = 0;
  let cut = (): void => {};
  const router = os.router({
    app: {
      watch: os.app.watch.handler(async function* ({ signal }) {
        for (let sent = 0; sent < options.count; sent += 1) yield { ...emptyStatus, processId: sent };
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      }),
      acknowledge: os.app.acknowledge.handler(({ input }) => void acknowledged.push(input.count)),
    },
    jobs: {
      watchOne: os.jobs.watchOne.handler(({ input, errors }) => {
        throw errors.REFUSED({ data: { reason: { code: 'job-unknown', values: { id: input.id } }, sentence: '' } });
      }),
      cancel: os.jobs.cancel.handler(() => {}),
    },
  } as never);
  const handler = new RPCHandler(router as never);
  const transport: Transport = {
    open: async () => {
      if (options.isLocked) throw new LockedError();
      opened += 1;
      const { port1, port2 } = new MessageChannel();
      handler.upgrade(port1, { context: {} as never });
      port1.start();
      const lost = Promise.withResolvers<void>();
      const close = () => {
        port1.close();
        port2.close();
        lost.resolve();
      };
      cut = close;
      port2.start();
      return { carrier: { kind: 'port', port: port2 }, heardAt: Date.now, lost: lost.promise, close } satisfies Line;
    },
    refer: async () => ({ path: '/x' }),
    addressOf: async () => ({ address: '', release: () => {} }),
    bytesOf: async () => new ArrayBuffer(),
  };
  return { transport, acknowledged, openings: () => opened, cut: () => cut() };
};

describe('the connection', () => {
  test('reads a stream and acknowledges it every 16 values', async () => {
    const core = createPortCore({ count: 40 });
    const connection = connect(core.transport);
    const seen: number[] = [];
    const controller = new AbortController();
    const reading = connection.openStream({
      open: (credit, signal) => connection.api.app.watch({ credit }, { signal }),
      onValue: ({ processId }) => seen.push(processId),
      signal: controller.signal,
    });
    await expect.poll(() => seen).toEqual(Array.from({ length: 40 }, (_, index) => index));
    await expect.poll(() => core.acknowledged).toEqual([16, 16]);
    controller.abort();
    await reading;
    core.cut();
  });

  test('makes a new line when one is lost, and its streams start over', async () => {
    const core = createPortCore({ count: 1 });
    const connection = connect(core.transport);
    const kinds: string[] = [];
    connection.state.subscribe(({ kind }) => kinds.push(kind));
    const controller = new AbortController();
    let starts = 0;
    let values = 0;
    void connection.openStream({
      open: (credit, signal) => connection.api.app.watch({ credit }, { signal }),
      onStart: () => (starts += 1),
      onValue: () => (values += 1),
      signal: controller.signal,
    });
    await expect.poll(() => values).toBe(1);
    core.cut();
    await expect.poll(() => [starts, values, core.openings()]).toEqual([2, 2, 2]);
    expect(kinds).toEqual(['connected', 'unreachable', 'connected']);
    controller.abort();
  });

  test('a call while the core is out of reach fails at once and says so', async () => {
    const connection = connect({ ...createPortCore({ count: 0 }).transport, open: () => new Promise(() => {}) });
    const error: unknown = await connection.api.jobs.cancel({ ids: [1] }).catch((thrown: unknown) => thrown);
    expect(connection.problemOf(error)).toEqual({ kind: 'unreachable' });
  });

  test('a refused stream gives its reason and is not asked for again', async () => {
    const core = createPortCore({ count: 0 });
    const connection = connect(core.transport);
    const problems: unknown[] = [];
    await connection.openStream({
      open: (credit, signal) => connection.api.jobs.watchOne({ id: 7, credit }, { signal }),
      onValue: () => {},
      onProblem: (problem) => problems.push(problem),
      signal: new AbortController().signal,
    });
    expect(problems).toEqual([{ kind: 'refused', reason: { code: 'job-unknown', values: { id: 7 } } }]);
    core.cut();
  });

  test('input that the contract does not know is a problem with its issues', async () => {
    const core = createPortCore({ count: 0 });
    const connection = connect(core.transport);
    await expect.poll(() => connection.state.getState().kind).toBe('connected');
    const error: unknown = await connection.api.jobs.cancel({ ids: [] }).catch((thrown: unknown) => thrown);
    expect(connection.problemOf(error)).toMatchObject({ kind: 'invalid', issues: [expect.stringContaining('ids')] });
    core.cut();
  });

  test('a page without the right to ask stays locked', async () => {
    const connection = connect(createPortCore({ count: 0, isLocked: true }).transport);
    await expect.poll(() => connection.state.getState()).toEqual({ kind: 'locked' });
  });

  test('a refused file keeps its problem', () => {
    const problem = { kind: 'refused', reason: { code: 'file-empty', values: { path: 'x' } } } as const;
    expect(connect(createPortCore({ count: 0, isLocked: true }).transport).problemOf(new RefusedFileError(problem))).toEqual(problem);
  });
});
