import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A guide, not a law: what grows past this is usually two things. */
const guideLines = 300;

/** Warns about long files and never fails. */
if (import.meta.main) {
  const root = resolve(import.meta.dirname, '../..');
  const long = globSync('{electron,shared,renderer,e2e}/**/*.{ts,tsx,mjs}', { cwd: root })
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > guideLines)
    .sort((one, other) => other.lines - one.lines);
  for (const { path, lines } of long) process.stdout.write(`warning: ${path} has ${lines} lines; the guide is ${guideLines}\n`);
}
