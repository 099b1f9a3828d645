import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parsePageBytes, parseStat, processorSecondsOf, programIn, residentBytesOf, statOf, treeOf } from './process-tree.ts';

/** Starts a program and waits for its first output. */
const startProgram = async (program: string, ...parameters: string[]): Promise<ChildProcess & { pid: number }> => {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} did not start`);
  onTestFinished(async () => {
    const closed = new Promise((resolve) => child.once('close', resolve));
    process.kill(-pid, 'SIGKILL');
    await closed;
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return Object.assign(child, { pid });
};

describe.runIf(process.platform === 'linux')('trees of processes', () => {
  test('a tree is its root and everything below, whatever thread or group it came from', async () => {
    const root = await startProgram('sh', '-c', 'sh -c "sleep 100 & echo ready; sleep 100" & wait');
    let tree = treeOf(root.pid);
    for (const deadline = performance.now() + 60_000; tree.length < 4 && performance.now() < deadline; tree = treeOf(root.pid))
      await delay(10);
    expect(tree[0]).toBe(root.pid);
    expect(tree).toHaveLength(4);
    expect(tree.every((pid) => statOf(pid)?.group === root.pid)).toBe(true);
  });

  test('memory counts the whole tree, and grows with it', async () => {
    const allocate = `const held = Buffer.alloc(100 * 1024 * 1024, 1); console.log(held.length); setInterval(() => held, 1000);`;
    const root = await startProgram('sh', '-c', '"$0" -e "$1"; exit 0', process.execPath, allocate);
    const sizes = residentBytesOf([root.pid, process.pid]);
    expect(sizes.get(root.pid)).toBeGreaterThan(100 * 1024 * 1024);
    expect(sizes.get(root.pid)).toBeLessThan(400 * 1024 * 1024);
    expect(sizes.get(process.pid)).toBeGreaterThan(10 * 1024 * 1024);
  });

  test('processor time counts children that work and those that have ended, and one that sleeps takes none', async () => {
    const work =
      'const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; const end = used() + 300_000; while (used() < end);';
    const root = await startProgram(
      'sh',
      '-c',
      '"$0" -e "$1"; "$0" -e "$1; console.log(1); setInterval(() => {}, 1000)"',
      process.execPath,
      work,
    );
    const idle = await startProgram('sh', '-c', 'echo ready; sleep 100; exit 0');
    const seconds = processorSecondsOf([root.pid, idle.pid, 2 ** 22 + 1]);
    // Each works for 0.3 s of processor time, and takes a little to start.
    expect(seconds.get(root.pid)).toBeGreaterThan(0.55);
    expect(seconds.get(root.pid)).toBeLessThan(3);
    expect(seconds.get(idle.pid)).toBeLessThan(0.2);
    expect(seconds.size).toBe(2);
  });

  test('a root that is gone has no entry, which is not the same as 0', () => {
    // Above the highest pid that Linux gives.
    expect(residentBytesOf([2 ** 22 + 1])).toEqual(new Map());
    expect(statOf(2 ** 22 + 1)).toBeUndefined();
  });
});

describe('what the kernel says of a process', () => {
  test('a program’s name may hold anything, parentheses too', () => {
    const fields = ['S', '1', '40', '39', '0', '-1', ...Array.from({ length: 13 }, () => '0'), '98765', '0'];
    expect(parseStat(`42 (a) S (b 🚂) ${fields.join(' ')}`)).toEqual({
      pid: 42,
      isZombie: false,
      parent: 1,
      group: 40,
      session: 39,
      startTime: 98765,
    });
  });

  test('half a line is nothing', () => {
    expect(parseStat('42 (sh) S 1')).toBeUndefined();
    expect(parseStat('')).toBeUndefined();
  });

  test('the page size is found among the other entries, and is 4 KiB when it is not told', () => {
    const auxv = Buffer.from(new BigUint64Array([3n, 1n, 6n, 16384n, 0n, 0n]).buffer);
    expect(parsePageBytes(auxv)).toBe(16384);
    expect(parsePageBytes(Buffer.alloc(0))).toBe(4096);
  });
});

test.each([
  ['/usr/bin/node\0server.js\0', 'node'],
  ['python3\0-m\0http.server\0', 'python3'],
  ['nginx: worker process', 'nginx'],
  ['-bash\0', 'bash'],
  // The kernel's own threads have none.
  ['', undefined],
])('the program of %j is %j', (commandLine, name) => {
  expect(programIn(commandLine)).toBe(name);
});
