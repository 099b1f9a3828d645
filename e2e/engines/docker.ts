import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = (name: string): string => join(import.meta.dirname, name);

export type DockerEngine = { socket: string } | { skip: string };

/** The image that make-images.sh makes; `:nobody` is the same for a user without rights. */
export const busyboxImage = 'switchyard-test/busybox';

/**
 * A private Docker daemon with the test images, started or found running; or the reason why this machine can have none. Packages
 * are installed only when the machine's owner allows it by CI=1 or SWITCHYARD_INSTALL_ENGINES=1.
 */
export const dockerEngine = async (): Promise<DockerEngine> => {
  try {
    return await startEngine();
  } catch (error) {
    const skip = reasonOf(error);
    process.stderr.write(`Docker tests are skipped: ${skip}\n`);
    return { skip };
  }
};

const startEngine = async (): Promise<DockerEngine> => {
  if (process.platform !== 'linux') throw new Error('a private Docker daemon needs Linux');
  if (process.env['CI'] || process.env['SWITCHYARD_INSTALL_ENGINES']) await installIfMissing();
  const { stdout } = await run(script('start-docker.sh'));
  const socket = stdout.trim();
  await run(script('make-images.sh'), [socket]);
  return { socket };
};

const installIfMissing = async (): Promise<void> => {
  try {
    await run('sh', ['-c', 'command -v dockerd && command -v docker && command -v busybox && command -v unshare']);
  } catch {
    await run(script('install-packages.sh'), ['docker']);
  }
};

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' && error.stderr.trim()) return error.stderr.trim();
  return error instanceof Error ? error.message : String(error);
};
