import { spawn } from 'node:child_process';
import type { Failure } from './read-reports.ts';

/** One program that checks something and says what is wrong on its output. */
export interface Step {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
}

/** Runs the steps, some at a time, and prints one line for each and the output of those that said something. Gives those that failed and what they said. */
export const runSteps = async (steps: readonly Step[], folder: string, atOnce: number): Promise<Failure[]> => {
  const waiting = [...steps];
  const failed: Failure[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const startedAt = performance.now();
      const { exitCode, output } = await runStep(step, folder);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${exitCode === 0 ? 'ok    ' : 'FAILED'}  ${step.name}  ${seconds} s\n${output}`);
      if (exitCode !== 0) failed.push({ name: step.name, error: output });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failed;
};

const runStep = async (step: Step, cwd: string): Promise<{ exitCode: number; output: string }> => {
  const { promise, resolve } = Promise.withResolvers<{ exitCode: number; output: string }>();
  const parts: string[] = [];
  // npm's programs are .cmd files on Windows, which only a shell starts.
  const child = spawn(step.program, step.arguments, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => parts.push(text));
  child.once('error', (error) => resolve({ exitCode: 127, output: `${step.program} could not be started: ${error.message}\n` }));
  child.once('close', (code) => resolve({ exitCode: code ?? 1, output: code === 0 ? quietOutput(parts.join('')) : parts.join('') }));
  return promise;
};

/** What a passing step still has to say: warnings, but no congratulations. */
const quietOutput = (output: string): string =>
  output
    .split('\n')
    .filter((line) => line.startsWith('warning:'))
    .map((line) => `${line}\n`)
    .join('');
