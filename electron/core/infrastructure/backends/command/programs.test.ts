import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { statOf } from '../../../lib/process-tree.ts';
import { until } from '../conformance.ts';
import { openPosixSpawn } from './posix-spawn.ts';
import { startWithNode, type Program, type StartProgram } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs 🚂 '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shell = (script: string, changes: Partial<Program> = {}): Program => ({
  program: '/bin/sh',
  args: ['-c', script],
  folder,
  environment: { PATH: '/usr/bin:/bin', ODD: 'a=b "c" ü' },
  ...changes,
});

type Fate = { pid: number; code: number | null; signal: string | null } | { error: { code: string; message: string } };

const fateOf = (start: StartProgram, program: Program): Promise<Fate> =>
  new Promise((resolve) => {
    let pid = 0;
    start(program, {
      started: (id) => (pid = id),
      exited: (code, signal) => resolve({ pid, code, signal }),
      failed: (error) => resolve({ error }),
    });
  });

const ways: readonly (readonly [string, StartProgram | undefined])[] = [
  ['posix_spawn', await openPosixSpawn()],
  ['Node', startWithNode],
];

test.runIf(process.platform === 'linux')('posix_spawn can be had on this system', () => {
  expect(ways[0]?.[1]).toBeDefined();
});

/** 1 to 31; the C library keeps 32 and 33 for itself. */
const ordinarySignals = (status: string, name: string): bigint =>
  BigInt(`0x${new RegExp(`${name}:\\s(\\w+)`).exec(status)?.[1]}`) & 0x7fffffffn;

describe.each(ways.flatMap(([name, start]) => (start ? [{ name, start }] : [])))('a program started by $name', ({ start }) => {
  test('is in its folder, has its variables and arguments and nothing else, and reads an empty input', async () => {
    const script = 'read -r line; { pwd; tr "\\0" "\\n" </proc/$$/environ; printf "%s|" "$@"; } >seen; exit 3';
    const fate = await fateOf(start, shell(script, { args: ['-c', script, 'name', '', 'a b', '🚂'] }));
    expect(fate).toMatchObject({ code: 3, signal: null });
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe(`${folder}\nPATH=/usr/bin:/bin\nODD=a=b "c" ü\n|a b|🚂|`);
  });

  test('leads a session of its own, blocks no signal, ignores none and holds no file of who started it', async () => {
    // Read by the shell itself: while it starts another program it blocks all signals.
    const script =
      'while read -r line; do echo "$line"; done </proc/$$/status >status; ls /proc/$$/fd >descriptors; ps -o sid= -p $$ >session';
    const fate = await fateOf(start, shell(script));
    if (!('pid' in fate)) throw new Error('it was not started');
    expect(Number(readFileSync(join(folder, 'session'), 'utf8'))).toBe(fate.pid);
    const status = readFileSync(join(folder, 'status'), 'utf8');
    expect([ordinarySignals(status, 'SigBlk'), ordinarySignals(status, 'SigIgn')]).toEqual([0n, 0n]);
    const descriptors = readFileSync(join(folder, 'descriptors'), 'utf8').split('\n').filter(Boolean).map(Number);
    expect(descriptors.filter((descriptor) => descriptor < 10)).toEqual([0, 1, 2]);
  });

  test('tells the signal that killed it', async () => {
    expect(await fateOf(start, shell('kill -KILL $$'))).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await fateOf(start, shell('kill -TERM $$'))).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('many at once: each tells its own end, and none is left as a zombie', async () => {
    const fates = await Promise.all(Array.from({ length: 50 }, (_, code) => fateOf(start, shell(`exit ${code}`))));
    expect(fates.map((fate) => 'code' in fate && fate.code)).toEqual(Array.from({ length: 50 }, (_, code) => code));
    const pids = fates.map((fate) => ('pid' in fate ? fate.pid : 0));
    await until(async () => pids.every((pid) => statOf(pid) === undefined), 'all are gone');
  });

  test.each([
    ['a folder that is not there', shell('exit 0', { folder: '/no/such folder' }), 'ENOENT'],
    ['a program that is not there', shell('exit 0', { program: '/no/such program' }), 'ENOENT'],
    ['a program that may not be run', shell('exit 0', { program: '/etc/passwd' }), 'EACCES'],
    ['too many arguments', shell('exit 0', { args: Array.from({ length: 40 }, () => 'x'.repeat(100_000)) }), 'E2BIG'],
    ['a NUL in an argument', shell('exit 0', { args: ['-c', 'echo a\0b'] }), 'ERR_INVALID_ARG_VALUE'],
    ['a NUL in a variable', shell('exit 0', { environment: { A: 'b\0c' } }), 'ERR_INVALID_ARG_VALUE'],
    ['a NUL in the folder', shell('exit 0', { folder: '/tmp\0/x' }), 'ERR_INVALID_ARG_VALUE'],
  ])('cannot be started: %s', async (_what, program, code) => {
    expect(await fateOf(start, program)).toMatchObject({ error: { code } });
  });
});
