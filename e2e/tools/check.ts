import { resolve } from 'node:path';
import { runSteps, type Step } from './run-steps.ts';

/*
 * npm run check: everything that can be known without running the product. A step prints only what is wrong.
 */
export const checkSteps: readonly Step[] = [
  {
    name: 'format',
    program: 'prettier',
    arguments: ['--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'],
  },
  { name: 'lint', program: 'oxlint', arguments: ['--type-aware', '--deny-warnings'] },
  { name: 'types of shared', program: 'tsc', arguments: ['-p', 'tsconfig.shared.json'] },
  { name: 'types of node', program: 'tsc', arguments: ['-p', 'tsconfig.node.json'] },
  { name: 'types of renderer', program: 'tsc', arguments: ['-p', 'tsconfig.renderer.json'] },
  { name: 'imports', program: 'node', arguments: ['e2e/tools/check-imports.ts'] },
  { name: 'dead code', program: 'knip', arguments: ['--no-progress', '--no-config-hints'] },
  { name: 'lock file', program: 'node', arguments: ['e2e/tools/check-lock-file.ts'] },
  { name: 'words', program: 'node', arguments: ['e2e/tools/check-words.ts'] },
  { name: 'sizes', program: 'node', arguments: ['e2e/tools/check-sizes.ts'] },
];

if (import.meta.main) {
  const failed = await runSteps(checkSteps, resolve(import.meta.dirname, '../..'), 2);
  process.stdout.write(
    failed.length === 0 ? `check: ${checkSteps.length} passed\n` : `check: failed in ${failed.map(({ name }) => name).join(', ')}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}
