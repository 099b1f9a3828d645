import { expect, test } from 'vitest';
import { stepsOf } from './steps-of.ts';

const never = new AbortController().signal;

/** Work that a test moves on. */
const startWork = () => {
  const end = Promise.withResolvers<string>();
  let tell: (step: string) => void = () => undefined;
  let signal: AbortSignal = never;
  const steps = stepsOf<string>((say, workSignal) => {
    tell = say;
    signal = workSignal;
    return end.promise;
  }, never);
  return { steps, end, tell: (step: string) => tell(step), isLeft: () => signal.aborted };
};

test('tells how far it has come, of several steps the latest, and then what came of it', async () => {
  const { steps, end, tell } = startWork();
  const first = steps.next();
  tell('a');
  expect(await first).toEqual({ done: false, value: 'a' });
  tell('b');
  tell('c');
  expect(await steps.next()).toEqual({ done: false, value: 'c' });
  end.resolve('all');
  expect(await steps.next()).toEqual({ done: false, value: 'all' });
  expect(await steps.next()).toEqual({ done: true, value: undefined });
});

test('fails as the work fails', async () => {
  const { steps, end } = startWork();
  const first = steps.next();
  end.reject(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
});

test('a reader that leaves ends the work', async () => {
  const { steps, tell, isLeft } = startWork();
  const first = steps.next();
  tell('a');
  await first;
  await steps.return();
  expect(isLeft()).toBe(true);
});
