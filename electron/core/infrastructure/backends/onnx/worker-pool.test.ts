import { describe, expect, test } from 'vitest';
import { createPool, type Poolable } from './worker-pool.ts';

interface Member extends Poolable {
  readonly name: string;
}

/** A pool of members that end at once, or when the test says so, and a clock that the test turns. */
const setUp = (maximum: number, options: { endsByItself?: boolean } = {}) => {
  const log: string[] = [];
  const endings = new Map<string, () => void>();
  const timers = new Set<() => void>();
  const pool = createPool<Member>({
    maximum,
    idleMs: 1000,
    setTimer: (callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  });
  let count = 0;
  const open = (key: string) => async (): Promise<Member> => {
    count += 1;
    const name = `${key}${count}`;
    log.push(`open ${name}`);
    const ended = Promise.withResolvers<void>();
    endings.set(name, ended.resolve);
    const end = (): void => {
      log.push(`end ${name}`);
      if (options.endsByItself ?? true) ended.resolve();
    };
    return { name, ended: ended.promise, end };
  };
  const acquire = (key: string, signal = new AbortController().signal, name?: string): Promise<Member> => {
    const turn = name === undefined ? undefined : { name, came: () => void log.push(`turn ${name}`) };
    return pool.acquire(key, open(key), signal, turn);
  };
  const passTime = (): void => {
    for (const callback of [...timers]) callback();
  };
  return { pool, log, endings, acquire, passTime };
};

/** Lets everything happen that waits for nothing but other promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a member serves one job after the other of the same key', async () => {
  const { pool, log, acquire } = setUp(2);
  const first = await acquire('a');
  pool.release(first);
  expect(await acquire('a')).toBe(first);
  expect(log).toEqual(['open a1']);
});

test('two jobs at once have two members, and a third waits for the first that is given back', async () => {
  const { pool, log, acquire } = setUp(2);
  const [first] = [await acquire('a'), await acquire('a')];
  const third = acquire('a');
  await settle();
  expect(log).toEqual(['open a1', 'open a2']);
  pool.release(first);
  expect(await third).toBe(first);
});

test('the one idle longest makes room for another key, and room is there only when it has ended', async () => {
  const { pool, log, endings, acquire } = setUp(2, { endsByItself: false });
  const [first, second] = [await acquire('a'), await acquire('b')];
  pool.release(second);
  pool.release(first);
  const third = acquire('c');
  await settle();
  expect(log).toEqual(['open a1', 'open b2', 'end a1']);
  endings.get('a1')?.();
  expect((await third).name).toBe('c3');
});

test('one that waits ends one member, not every idle one', async () => {
  const { pool, log, acquire, endings } = setUp(3, { endsByItself: false });
  const members = [await acquire('a'), await acquire('b'), await acquire('c')];
  for (const member of members.slice(0, 2)) pool.release(member);
  const waiting = acquire('d');
  if (members[2]) pool.release(members[2]);
  await settle();
  expect(log.filter((line) => line.startsWith('end'))).toEqual(['end a1']);
  endings.get('a1')?.();
  expect((await waiting).name).toBe('d4');
});

test('a key that is always wanted does not keep another waiting', async () => {
  const { pool, acquire } = setUp(1);
  const first = await acquire('a');
  const other = acquire('b');
  const again = acquire('a');
  pool.release(first);
  const second = await other;
  expect(second.name).toBe('b2');
  pool.release(second);
  expect((await again).name).toBe('a3');
});

test('a member is ended after its idle time, not while it works', async () => {
  const { pool, log, acquire, passTime } = setUp(2);
  const [first, second] = [await acquire('a'), await acquire('a')];
  pool.release(first);
  passTime();
  await settle();
  expect(log).toEqual(['open a1', 'open a2', 'end a1']);
  pool.release(second);
  expect(await acquire('a')).toBe(second);
});

test('a member that ends by itself is forgotten', async () => {
  const { endings, acquire } = setUp(1);
  await acquire('a');
  const next = acquire('a');
  endings.get('a1')?.();
  expect((await next).name).toBe('a2');
});

test('who gives up waiting is told so and takes nothing', async () => {
  const { pool, acquire } = setUp(1);
  const first = await acquire('a');
  const stop = new AbortController();
  const gaveUp = acquire('a', stop.signal);
  stop.abort(new Error('cancelled'));
  await expect(gaveUp).rejects.toThrow('cancelled');
  pool.release(first);
  expect(await acquire('a')).toBe(first);
});

test('a member that cannot be opened leaves its place to the next', async () => {
  const { pool, acquire } = setUp(1);
  const failed = pool.acquire('a', () => Promise.reject(new Error('no program')), new AbortController().signal);
  await expect(failed).rejects.toThrow('no program');
  expect((await acquire('a')).name).toBe('a1');
});

test('closing ends all, those that work and those being opened, and refuses who waits', async () => {
  const { pool, log, acquire } = setUp(2);
  await acquire('a');
  const opening = expect(acquire('b')).rejects.toThrow('closed');
  const waiting = expect(acquire('c')).rejects.toThrow('closed');
  await pool.close();
  await Promise.all([opening, waiting]);
  expect(log.toSorted()).toEqual(['end a1', 'end b2', 'open a1', 'open b2']);
  await expect(acquire('a')).rejects.toThrow('closed');
});

describe('a member that is held', () => {
  const never = new AbortController().signal;
  const isA = (key: string): boolean => key === 'a';

  test('goes to the one it is held for, who has asked later', async () => {
    const { pool, acquire } = setUp(2);
    const first = await acquire('a');
    pool.release(first);
    expect(pool.hold(isA, 'mine')).toBe(true);
    expect((await acquire('a', never, 'other')).name).toBe('a2');
    expect(await acquire('a', never, 'mine')).toBe(first);
  });

  test('cannot be held twice, and not while it works; there it is all the same', async () => {
    const { pool, acquire } = setUp(2);
    const first = await acquire('a');
    expect([pool.has(isA), pool.hold(isA, 'mine')]).toEqual([true, false]);
    pool.release(first);
    expect([pool.hold(isA, 'mine'), pool.hold(isA, 'other')]).toEqual([true, false]);
    pool.letGo('mine');
    expect(pool.hold(isA, 'other')).toBe(true);
  });

  test('is not ended for another key while another can be', async () => {
    const { pool, log, acquire } = setUp(2);
    const [first, second] = [await acquire('a'), await acquire('b')];
    pool.release(first);
    pool.release(second);
    pool.hold(isA, 'mine');
    await acquire('c');
    expect(log).toContain('end b2');
    expect(await acquire('a', never, 'mine')).toBe(first);
  });

  test('stands in the way of nobody, should its owner never come', async () => {
    const { pool, log, acquire } = setUp(1);
    const first = await acquire('a');
    pool.release(first);
    pool.hold(isA, 'mine');
    expect(await acquire('a', never, 'other')).toBe(first);
    pool.release(first);
    pool.hold(isA, 'mine');
    expect((await acquire('b')).name).toBe('b2');
    expect(log).toEqual(['open a1', 'turn other', 'end a1', 'open b2']);
  });
});

test('the turn of one that waits comes when what it waits for is ending, not when it has ended', async () => {
  const { pool, log, acquire, endings } = setUp(1, { endsByItself: false });
  const first = await acquire('a');
  const waiting = acquire('b', undefined, 'second');
  await settle();
  expect(log).not.toContain('turn second');
  pool.release(first);
  expect(log).toContain('turn second');
  endings.get('a1')?.();
  expect((await waiting).name).toBe('b2');
});
