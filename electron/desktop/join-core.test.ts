import { expect, test } from 'vitest';
import { joinCore } from './join-core.ts';
import type { JoinedCore } from './joined-core.ts';

/** A core of which only what joining touches is made; anything else would throw. */
const core = (
  isOwn: boolean,
  handOver: () => Promise<{ agreed: boolean }> = async () => ({ agreed: false }),
): JoinedCore & { isClosed: boolean } => {
  const made = {
    isOwn,
    isClosed: false,
    client: { app: { handOver } } as unknown as JoinedCore['client'],
    servePage: () => () => {},
    readArtifact: async () => new Response(null, { status: 404 }),
    ended: Promise.resolve(),
    close: async () => void (made.isClosed = true),
  };
  return made;
};

const pause = async (): Promise<void> => {};

test('without a running core one starts here', async () => {
  const own = core(true);
  expect(await joinCore({ attach: async () => undefined, start: async () => own, pause })).toBe(own);
});

test('a running core that may stop hands over, and one starts here', async () => {
  const [own, other] = [core(true), core(false, async () => ({ agreed: true }))];
  expect(await joinCore({ attach: async () => other, start: async () => own, pause })).toBe(own);
  expect(other.isClosed).toBe(true);
});

test('a running core that must not stop is joined, and none is started', async () => {
  const other = core(false);
  let started = 0;
  const joined = await joinCore({ attach: async () => other, start: async () => (started++, undefined), pause });
  expect(joined).toBe(other);
  expect([started, other.isClosed]).toEqual([0, false]);
});

test('a core that has the folder but does not listen yet is waited for', async () => {
  const other = core(false);
  const answers = [undefined, undefined, other];
  expect(await joinCore({ attach: async () => answers.shift(), start: async () => undefined, pause })).toBe(other);
});

test('a core that ends while it hands over leaves the folder to us', async () => {
  const own = core(true);
  const dying = core(false, async () => Promise.reject(new Error('the socket closed')));
  const answers = [dying, undefined];
  // A core that cannot be asked is joined; the caller notices that it has ended and joins again.
  expect(await joinCore({ attach: async () => answers.shift(), start: async () => own, pause })).toBe(dying);
  expect(await joinCore({ attach: async () => answers.shift(), start: async () => own, pause })).toBe(own);
});

test('a core that holds the folder and never answers is given up, so that a person is told', async () => {
  let pauses = 0;
  const joined = await joinCore({ attach: async () => undefined, start: async () => undefined, pause: async () => void pauses++ });
  expect(joined).toBeUndefined();
  expect(pauses).toBe(100);
});
