import { spawn } from 'node:child_process';

/** Runs a program with our terminal and gives its exit code. */
export const runProgram = async (
  program: string,
  parameters: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<number> => {
  const { promise, resolve } = Promise.withResolvers<number>();
  // npm's programs are .cmd files on Windows, which only a shell starts.
  const shell = process.platform === 'win32';
  const child = spawn(program, parameters, { cwd, stdio: 'inherit', env: { ...process.env, ...environment }, shell });
  child.once('error', (error) => {
    process.stderr.write(`${program} could not be started: ${error.message}\n`);
    resolve(127);
  });
  child.once('exit', (code) => resolve(code ?? 1));
  return promise;
};
