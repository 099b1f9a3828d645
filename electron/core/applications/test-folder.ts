import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** For tests: writes files into a temporary folder that is removed after the last test, and gives their paths. */
export const testFolder = (): ((name: string, content: string | Uint8Array) => string) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-applications-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
};
