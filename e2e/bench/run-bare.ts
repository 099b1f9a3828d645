import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';

/** A bare loop in a plain Node process of its own, which stays warm between rounds as our workers do. */
export interface BareLoop {
  /** Runs the loop once; the seconds it took, measured inside. */
  round(): Promise<number>;
}

/**
 * `file` in bare/ answers every line that it is sent with the seconds of one round. `nice` is that of our workers, `wrapper` a program
 * with its arguments that starts the loop's own command line.
 */
export const startBareLoop = (
  lifetime: Lifetime,
  file: string,
  args: readonly string[],
  nice = 0,
  wrapper: readonly string[] = [],
): BareLoop => {
  const niceness = nice > 0 ? ['nice', '-n', String(nice)] : [];
  const command = [...wrapper, ...niceness, process.execPath, join(import.meta.dirname, 'bare', file), ...args];
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  lifetime.add(async () => {
    child.stdin.end();
    await exitOf(child);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async round() {
      child.stdin.write('round\n');
      const line = await lines.next();
      if (line.done) throw new Error(`the bare loop ${file} ended`);
      return Number(line.value);
    },
  };
};

const exitOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve(undefined);
    else child.once('exit', resolve);
  });
