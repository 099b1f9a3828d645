import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { counterScript, parseRound, type AdapterRound } from './counters.ts';

/** Windows' counters from one program that stays. */
export interface CounterReader {
  /** The latest round; empty before the first, and when the program has ended. */
  latest(): ReadonlyMap<string, AdapterRound>;
  close(): void;
}

const everyMs = 2000;

export const startCounterReader = (): CounterReader => {
  const child: ChildProcess = spawn(
    'powershell.exe',
    ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', counterScript(everyMs, process.pid)],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    },
  );
  let round: ReadonlyMap<string, AdapterRound> = new Map();
  let lines: string[] = [];
  const forget = (): void => {
    round = new Map();
  };
  // A system without the program has no figures; its devices are known without it.
  child.on('error', forget);
  child.on('exit', forget);
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.trim() !== 'end') {
        lines.push(line);
        return;
      }
      round = parseRound(lines);
      lines = [];
    });
  }
  return { latest: () => round, close: () => void child.kill() };
};
