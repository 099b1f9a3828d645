import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findForbiddenImports } from './check-imports.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Names of the rules that a tree of files breaks; `used.test.ts` files import what would otherwise be an orphan. */
const rulesBrokenBy = async (files: Record<string, string>): Promise<string[]> => {
  const root = mkdtempSync(join(tmpdir(), 'switchyard-imports-'));
  folders.push(root);
  symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{"type":"module","dependencies":{"zod":"4"},"devDependencies":{"vite":"8","electron":"45"}}');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const violations = await findForbiddenImports(root);
  return [...new Set(violations.map((violation) => violation.split(':')[0] ?? ''))].sort();
};

const value = 'export const value = 1;\n';

describe('the rules of the house', () => {
  test('let a service use the machine layer and its own files', async () => {
    const files = {
      'electron/core/infrastructure/storage/paths.ts': value,
      'electron/core/services/jobs/state.ts': value,
      'electron/core/services/jobs/jobs.test.ts': "import '../../infrastructure/storage/paths.ts';\nimport './state.ts';\n",
    };
    expect(await rulesBrokenBy(files)).toEqual([]);
  });

  test.each([
    ['no-siblings', 'electron/core/services/jobs/a.test.ts', '../scheduler/value.ts', 'electron/core/services/scheduler/value.ts'],
    [
      'no-sibling-backends',
      'electron/core/infrastructure/backends/onnx/a.test.ts',
      '../docker/value.ts',
      'electron/core/infrastructure/backends/docker/value.ts',
    ],
    [
      'infrastructure-is-below',
      'electron/core/infrastructure/devices/a.test.ts',
      '../../services/jobs/value.ts',
      'electron/core/services/jobs/value.ts',
    ],
    [
      'services-below-applications',
      'electron/core/services/jobs/a.test.ts',
      '../../applications/value.ts',
      'electron/core/applications/value.ts',
    ],
    ['lib-knows-nothing', 'electron/core/lib/a.test.ts', '../ports.ts', 'electron/core/ports.ts'],
    ['renderer-imports-shared-only', 'renderer/a.test.ts', '../electron/core/value.ts', 'electron/core/value.ts'],
  ])('%s', async (rule, from, specifier, to) => {
    expect(await rulesBrokenBy({ [from]: `import '${specifier}';\n`, [to]: value })).toEqual([rule]);
    expect(
      await rulesBrokenBy({ [from]: `import type { value } from '${specifier}';\nexport type T = typeof value;\n`, [to]: value }),
    ).toEqual([rule]);
  });

  test.each([
    ['core-has-no-shell', 'electron/core/a.ts', "import '../desktop/value.ts';\n", 'electron/desktop/value.ts'],
    ['parts-are-joined-outside', 'electron/core/services/a.ts', "import '../parts.ts';\n", 'electron/core/parts.ts'],
    ['shells-stand-apart', 'electron/headless/a.ts', "import '../desktop/value.ts';\n", 'electron/desktop/value.ts'],
    ['schemas-as-types-in-faces', 'renderer/a.ts', "import '../shared/contract/value.ts';\n", 'shared/contract/value.ts'],
    ['schemas-as-types-in-faces', 'electron/command-line/a.ts', "import '../../shared/model/value.ts';\n", 'shared/model/value.ts'],
    ['schemas-as-types-in-faces', 'shared/words/a.ts', "import '../model/value.ts';\n", 'shared/model/value.ts'],
    ['no-tests-in-product', 'electron/core/a.ts', "import './value.test.ts';\n", 'electron/core/value.test.ts'],
    ['no-cycles', 'electron/core/a.ts', "import './b.ts';\n", 'electron/core/unused.test.ts'],
  ])('%s', async (rule, from, text, to) => {
    const files = {
      [from]: text,
      [to]: value,
      'electron/core/b.ts': "import './a.ts';\n",
      'electron/use.test.ts': `import '../${from}';\nimport './core/b.ts';\n`,
      'electron/core/a.ts': from === 'electron/core/a.ts' ? text : value,
    };
    expect(await rulesBrokenBy(files)).toEqual([rule]);
  });

  test.each([
    ['electron-has-its-place', 'electron/headless.ts', "import { app } from 'electron';\nexport const name = app.name;\n"],
    ['electron-has-its-place', 'electron/headless.ts', "import type { App } from 'electron';\nexport type A = App;\n"],
    ['orpc-has-its-place', 'electron/core/a.test.ts', "import '@orpc/contract';\n"],
    ['shared-loads-anywhere', 'shared/model/a.d.ts', "import 'node:fs';\n"],
    [
      'renderer-has-no-node',
      'renderer/main.tsx',
      "import { readFileSync } from 'node:fs';\nexport const page = <p>{String(readFileSync)}</p>;\n",
    ],
    ['resolvable', 'electron/main.ts', "import './absent.ts';\n"],
    [
      'resolvable',
      'electron/main.ts',
      "using held = { module: await import('./absent.ts'), [Symbol.dispose]: () => undefined };\nexport const module = held;\n",
    ],
    ['shipped-packages', 'electron/main.ts', "import 'vite';\n"],
    ['no-orphans', 'electron/core/a.ts', value],
  ])('%s', async (rule, path, text) => {
    expect(await rulesBrokenBy({ [path]: text })).toEqual([rule]);
  });
});
