import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryHolders, withHolders, type MemoryHolder } from './memory-holders.ts';

const megabyte = 2 ** 20;

/** A process that holds so much memory, until it is told to let go. */
const startHolder = async (bytes: number): Promise<{ pid: number; end(): Promise<void> }> => {
  const program = `globalThis.kept = Buffer.alloc(${bytes}, 1); console.log('held'); process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async end() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
};

describe.runIf(process.platform === 'linux')('who else holds the memory', () => {
  test('is told by pid, name and size, the largest first, but for what is ours', async () => {
    // Larger than what else runs on such a machine: of that no more than the eight largest are told.
    const [large, small, own] = await Promise.all([startHolder(600 * megabyte), startHolder(500 * megabyte), startHolder(700 * megabyte)]);
    try {
      const holders = await createMemoryHolders({ ours: () => [own.pid], now: () => 0 })();
      const mine = holders.filter(({ pid }) => [large.pid, small.pid, own.pid].includes(pid));
      expect(mine.map(({ pid }) => pid)).toEqual([large.pid, small.pid]);
      expect(mine[0]).toMatchObject({ name: basename(process.execPath) });
      expect(mine[0]?.bytes).toBeGreaterThan(600 * megabyte);
      expect(holders.length).toBeLessThanOrEqual(8);
      expect(holders).toEqual(holders.toSorted((a, b) => b.bytes - a.bytes));
    } finally {
      await Promise.all([large.end(), small.end(), own.end()]);
    }
  });

  test('is looked for again only after two seconds', async () => {
    let now = 0;
    let looks = 0;
    const holders = createMemoryHolders({
      ours: () => {
        looks += 1;
        return [];
      },
      now: () => now,
    });
    const first = await holders();
    now = 1999;
    expect(await holders()).toBe(first);
    expect(looks).toBe(1);
    now = 2000;
    await holders();
    expect(looks).toBe(2);
  });
});

test('only a reason that is about other programs on the machine gets their names', () => {
  const foreign: MemoryHolder[] = [{ pid: 7, name: 'python', bytes: 5 }];
  const memory = { code: 'memory-foreign', values: { needBytes: 3, freeBytes: 2, foreignBytes: 5 } } as const;
  expect(withHolders({ reason: memory, position: 1 }, foreign)).toEqual({
    reason: { code: 'memory-foreign', values: { ...memory.values, foreign } },
    position: 1,
  });
  expect(withHolders({ reason: memory }, [])).toEqual({ reason: memory });
  expect(withHolders({ reason: { code: 'held', values: {} } }, foreign)).toEqual({ reason: { code: 'held', values: {} } });
  expect(withHolders(undefined, foreign)).toBeUndefined();
});
