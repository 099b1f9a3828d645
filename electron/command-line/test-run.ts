import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const entry = resolve(import.meta.dirname, '../cli.ts');

export interface Finished {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once stderr holds the text. */
  saying(text: string): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Record<string, string>;
}

/** Starts the command line from its sources as a child process, in English unless told otherwise. */
export const startCommand = (words: readonly string[], { cwd, environment }: RunOptions = {}): Running => {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [entry, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, LANG: 'C.UTF-8', ...environment },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const finished = new Promise<Finished>((done) => child.once('close', (exitCode) => done({ exitCode, stdout, stderr })));
  const saying = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => void (stderr.includes(text) && done());
      listeners.add(look);
      look();
      child.once('close', () => fail(new Error(`ended without saying ${text}: ${stderr}`)));
    });
  return { child, finished, saying };
};

export const runCommand = (words: readonly string[], options?: RunOptions): Promise<Finished> => startCommand(words, options).finished;
