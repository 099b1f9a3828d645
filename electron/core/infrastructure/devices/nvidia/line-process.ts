import { spawn } from 'node:child_process';

export interface LineProcess {
  end(): void;
}

interface LineProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** `said` is the end of what it wrote on either output, for what it complained of. */
  readonly onEnd: (how: string, said: string) => void;
}

const keptCharacters = 2000;

/** A program that goes on writing lines until it is ended, of which nothing is told then. */
export const startLineProcess = ({ program, args, environment, onLine, onEnd }: LineProcessOptions): LineProcess => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, windowsHide: true });
  let said = '';
  let rest = '';
  let isEnded = false;

  const heard = (text: string): void => {
    said = (said + text).slice(-keptCharacters);
  };
  const ended = (how: string): void => {
    if (!isEnded) onEnd(how, said.trim());
    isEnded = true;
  };

  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!isEnded) onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', heard);
  child.once('error', (error) => ended(error.message));
  // After both outputs, so that its last words are there.
  child.once('close', (code, signal) => ended(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
  return {
    end() {
      isEnded = true;
      child.kill('SIGKILL');
    },
  };
};
