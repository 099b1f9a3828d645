import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program and gives what it wrote; rejects when it cannot be started, fails or takes too long. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

const execute = promisify(execFile);
const longestMs = 10_000;
const mostBytes = 8 * 2 ** 20;

export const runProgram: RunProgram = async (program, args) => {
  const { stdout } = await execute(program, args, { timeout: longestMs, maxBuffer: mostBytes, encoding: 'utf8' });
  return stdout;
};
