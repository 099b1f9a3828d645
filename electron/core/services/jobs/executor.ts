import { watchBackends } from './backend-availability.ts';
import { createEnds } from './end-attempts.ts';
import type { Executor, ExecutorOptions } from './execution.ts';
import { createPausing } from './pausing.ts';
import { preempt } from './preempting.ts';
import { createStarts } from './start-attempts.ts';
import { createTimeLimits } from './time-limits.ts';
import { watchAttempts } from './watch-attempts.ts';

/** Carries out decisions: starts attempts, follows them, and writes down how they ended. */
export const createExecutor = (options: ExecutorOptions): Executor => {
  const { table, lifetime, journal } = options;
  const availability = watchBackends(options);
  const ends = createEnds({ ...options, availability });
  const timeLimits = createTimeLimits({ ...options, ends });
  const pausing = createPausing({ ...options, availability, timeLimits });
  const starts = createStarts({ ...options, availability, ends, timeLimits, pausing });
  lifetime.add(async () => {
    for (const entry of [...table.entries(), ...table.holders()]) {
      entry.active?.forgetTimeLimit?.();
      entry.active?.stop.abort('detach');
    }
    await Promise.race([starts.settled(), journal.givenUp]);
  });
  return {
    start: starts.start,
    startHeld: starts.startHeld,
    divide: starts.divide,
    findAgain: starts.findAgain,
    pause: pausing.pause,
    resume: pausing.resume,
    goOn: pausing.goOn,
    preempt: (decision) => void preempt({ journal, table, ends }, decision),
    stop: ends.stop,
    endWith: ends.endWith,
    end: ends.end,
    checkBackends: availability.check,
    ...watchAttempts({ ...options, ends, takeRefused: starts.takeRefused }),
    get runsUnrecoverable() {
      return [...table.started()].some((entry) => availability.of(entry).name === 'onnx');
    },
  };
};
