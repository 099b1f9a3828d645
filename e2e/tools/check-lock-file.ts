import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

const LockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().exactOptional(),
      dependencies: z.record(z.string(), z.string()).exactOptional(),
      devDependencies: z.record(z.string(), z.string()).exactOptional(),
      optionalDependencies: z.record(z.string(), z.string()).exactOptional(),
    }),
  ),
});
type LockFile = z.infer<typeof LockFile>;

/**
 * What would make `npm ci` fail or differ elsewhere. A registry that serves a platform's package later than its parent makes
 * `npm install` succeed and leave the package out of the lock file without a word; the next clone's `npm ci` then fails.
 */
export const findLockFileFaults = (
  lockFile: LockFile,
  manifest: Pick<LockFile['packages'][string], 'dependencies' | 'devDependencies'>,
): string[] => {
  const packages = Object.entries(lockFile.packages);
  const names = new Set(packages.map(([path]) => path.replace(/.*node_modules\//, '')));
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${path} wants ${name}, which package-lock.json does not hold: pin an earlier version of the parent`),
  );
  const foreign = packages.flatMap(([path, { resolved }]) =>
    resolved?.startsWith('http') && !resolved.startsWith('https://registry.npmjs.org/') ? [`${path} comes from ${resolved}`] : [],
  );
  const root = lockFile.packages[''] ?? {};
  const stale = (['dependencies', 'devDependencies'] as const).filter((kind) => !isSame(root[kind] ?? {}, manifest[kind] ?? {}));
  return [...missing, ...foreign, ...stale.map((kind) => `${kind} of package.json and package-lock.json differ: run npm install`)];
};

const isSame = (one: Record<string, string>, other: Record<string, string>): boolean => {
  const sorted = (versions: Record<string, string>): string =>
    JSON.stringify(Object.entries(versions).sort(([a], [b]) => a.localeCompare(b)));
  return sorted(one) === sorted(other);
};

if (import.meta.main) {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(resolve(import.meta.dirname, '../..'), name), 'utf8'));
  const Manifest = LockFile.shape.packages.valueType.pick({ dependencies: true, devDependencies: true });
  const faults = findLockFileFaults(LockFile.parse(read('package-lock.json')), Manifest.parse(read('package.json')));
  for (const line of faults) process.stdout.write(`${line}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
