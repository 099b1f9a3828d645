import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { cloned } from './message-ports.ts';

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: string[];
  readonly cwd?: string;
  readonly stdio?: ('pipe' | 'ignore' | 'inherit')[] | 'pipe' | 'ignore' | 'inherit';
}

const boot = new URL('./utility-boot.ts', import.meta.url);

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(entry: string, args: readonly string[], { env, execArgv = [], cwd, stdio = 'inherit' }: ForkOptions) {
    super();
    const [, out = 'inherit', error = 'inherit'] = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
    const options = {
      execArgv,
      stdio: ['ignore', out, error, 'ipc'] as ('ignore' | 'pipe' | 'inherit' | 'ipc')[],
      serialization: 'advanced' as const,
    };
    this.#child = fork(boot, [entry, ...args], { ...options, env: env ?? process.env, ...(cwd === undefined ? {} : { cwd }) });
    this.#child.on('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code, signal) => this.emit('exit', code ?? numberOf(signal)));
    // A child that cannot be started, or whose channel breaks, exits; that is all Electron tells.
    this.#child.on('error', () => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get stdout(): Readable | null {
    return this.#child.stdout;
  }
  get stderr(): Readable | null {
    return this.#child.stderr;
  }
  postMessage(message: unknown): void {
    const copy = cloned(message);
    if (this.#child.connected) this.#child.send({ copy });
  }
  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}

/** What a shell would show for a signal. Electron's own number is not known here. */
const numberOf = (signal: NodeJS.Signals | null): number => (signal === 'SIGKILL' ? 137 : 128);

export const utilityProcess = {
  fork: (entry: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess =>
    new UtilityProcess(entry, args, options),
};
