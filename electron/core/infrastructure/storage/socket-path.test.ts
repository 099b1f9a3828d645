import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isOwnSocket, makeSocketFolder, socketPath } from './socket-path.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-socket-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the socket of a data folder', () => {
  test('lies in it', () => {
    expect(socketPath('/data/x', 'linux')).toBe('/data/x/run/core.sock');
    expect(socketPath('/data/x/../x/', 'linux')).toBe('/data/x/run/core.sock');
  });

  test('lies in a short folder of the user when its path would be too long for the system, counted in bytes', () => {
    const long = `/data/${'数'.repeat(40)}`;
    const path = socketPath(long, 'linux');
    expect(path).toMatch(new RegExp(`^/tmp/switchyard-${process.getuid?.()}-[0-9a-f]{24}/core\\.sock$`));
    expect(socketPath(long, 'linux')).toBe(path);
    expect(socketPath(`${long}x`, 'linux')).not.toBe(path);
  });

  test('is a named pipe on Windows', () => {
    expect(socketPath('/data/x', 'win32')).toMatch(/^\\\\\.\\pipe\\switchyard-[0-9a-f]{24}$/);
  });
});

describe('the folder of the socket', () => {
  test('is made for its owner alone', () => {
    const path = socketPath(folder);
    expect(isOwnSocket(path)).toBe(false);
    makeSocketFolder(path);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(isOwnSocket(path)).toBe(true);
  });

  test('is not trusted when others may enter it or when it is a link', () => {
    const path = join(folder, 'open', 'core.sock');
    makeSocketFolder(path);
    chmodSync(dirname(path), 0o755);
    expect(isOwnSocket(path)).toBe(false);
    expect(() => makeSocketFolder(path)).toThrow('does not belong to this user alone');
    chmodSync(dirname(path), 0o700);
    symlinkSync(dirname(path), join(folder, 'link'));
    expect(isOwnSocket(join(folder, 'link', 'core.sock'))).toBe(false);
  });
});
