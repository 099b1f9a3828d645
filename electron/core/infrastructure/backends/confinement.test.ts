import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findConfinement, type Confinement, type ConfinedView } from './confinement.ts';

const confinement = await findConfinement();

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'confinement-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

/** Runs a line of JavaScript inside and gives what it printed. */
const runInside = (view: ConfinedView, code: string, inside: Confinement | undefined = confinement): string => {
  const [program = '', ...args] = [...(inside?.wrapper(view) ?? []), process.execPath, '--input-type=module', '-e', code];
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' });
  return stdout.trim() || stderr;
};

const nothing: ConfinedView = { readOnly: [], writable: [] };
const attempt = (expression: string): string => `
  import * as fs from 'node:fs';
  try { console.log(JSON.stringify(${expression})) } catch (error) { console.log(error.code) }`;

describe.skipIf(!confinement)(
  confinement ? 'a confined process' : 'a confined process (bubblewrap is not installed or not allowed)',
  () => {
    test('sees the files that it is shown, and can write only where it may', () => {
      const folder = temporaryFolder();
      for (const name of ['in', 'out']) mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'in/letter'), 'hello');
      const view = { readOnly: [{ from: join(folder, 'in'), to: '/in' }], writable: [{ from: join(folder, 'out'), to: '/out' }] };
      expect(runInside(view, attempt(`fs.readFileSync('/in/letter', 'utf8')`))).toBe('"hello"');
      expect(runInside(view, attempt(`fs.writeFileSync('/in/letter', 'changed')`))).toBe('EROFS');
      expect(runInside(view, attempt(`fs.writeFileSync('/out/answer', 'done') ?? 'written'`))).toBe('"written"');
      expect(readFileSync(join(folder, 'out/answer'), 'utf8')).toBe('done');
    });

    test('does not see the rest of the machine: no home, no data, no programs, nothing temporary of others', () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'secret'), 'secret');
      expect(runInside(nothing, attempt(`fs.readFileSync('${folder}/secret', 'utf8')`))).toBe('ENOENT');
      // The code of this checkout is mounted where it lies, so the folders on the way to it are there, with nothing else in them.
      const leadsHere = (path: string): boolean => import.meta.dirname.startsWith(`${path}/`);
      for (const path of ['/home', '/root', '/etc/passwd', '/usr/bin', '/var', '/sys'].filter((path) => !leadsHere(path))) {
        expect(runInside(nothing, attempt(`fs.statSync('${path}').size`)), path).toBe('ENOENT');
      }
      const temporary = JSON.parse(runInside(nothing, attempt(`fs.readdirSync('/tmp')`))) as string[];
      expect(temporary.filter((name) => !leadsHere(`/tmp/${name}`))).toEqual([]);
      expect(runInside(nothing, attempt(`fs.writeFileSync('/usr/lib/x', '') ?? 'written'`))).toBe('EROFS');
    });

    test('has no network, not even this machine', async () => {
      const server = createServer((socket) => socket.end());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const code = `
      import { connect } from 'node:net';
      connect(${port}, '127.0.0.1').on('connect', () => console.log('connected')).on('error', (error) => console.log(error.code));`;
      expect(runInside(nothing, code)).toBe('ECONNREFUSED');
    });

    test('sees no process of the machine and has no capability', () => {
      const pids = JSON.parse(
        runInside(nothing, attempt(`fs.readdirSync('/proc').filter((name) => Number(name) > 0).map(Number)`)),
      ) as number[];
      expect(Math.max(...pids)).toBeLessThan(10);
      const status = runInside(nothing, attempt(`fs.readFileSync('/proc/self/status', 'utf8')`));
      expect(status).toMatch(/CapEff:\\t0{16}/);
      expect(status).toMatch(/NoNewPrivs:\\t1/);
    });
  },
);
