import { spawn } from 'node:child_process';
import { answerRounds } from './answer-rounds.ts';

/* spawn-loop.ts COUNT PARALLEL: child_process.spawn of `true`, so many at once; no shell, no log, no record, no limits. */
const [count = 0, parallel = 1] = process.argv.slice(2).map(Number);

const runOne = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('true', { stdio: 'ignore' });
    child.once('exit', () => resolve());
    child.once('error', reject);
  });

await answerRounds(async () => {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await runOne();
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
});
