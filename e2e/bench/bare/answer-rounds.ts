import { createInterface } from 'node:readline';

/** Runs a loop whenever a line comes in and answers with the seconds it took. */
export const answerRounds = async (round: () => Promise<void>): Promise<void> => {
  for await (const _ of createInterface({ input: process.stdin })) {
    const start = performance.now();
    await round();
    process.stdout.write(`${(performance.now() - start) / 1000}\n`);
  }
};
