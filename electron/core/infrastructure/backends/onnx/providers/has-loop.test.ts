import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endlessModel, identityModel } from '../test-models.ts';
import { hasLoop } from './has-loop.ts';

const written = (bytes: Uint8Array): string => {
  const folder = mkdtempSync(join(tmpdir(), 'loop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'model.onnx');
  writeFileSync(path, bytes);
  return path;
};

test('a model that goes round is told from one that does not', () => {
  expect(hasLoop(written(endlessModel()))).toBe(true);
  expect(hasLoop(written(identityModel('float32', [1])))).toBe(false);
  expect(hasLoop(written(identityModel('float32', [1], 'Scan')))).toBe(true);
  expect(hasLoop(written(Buffer.from('Loop')))).toBe(false);
  expect(hasLoop(written(Buffer.alloc(0)))).toBe(false);
});

test.each([-6, -5, -3, -1, 0, 1])('it is found wherever the file is cut into pieces (%i)', (offset) => {
  const bytes = Buffer.alloc(2 ** 20 + 64);
  bytes.write('\x22\x04Loop', 2 ** 20 + offset);
  expect(hasLoop(written(bytes))).toBe(true);
});
