import { expect, test } from 'vitest';
import { createSharedWork } from './shared-work.ts';

const create = () => {
  const begun: { key: string; signal: AbortSignal; done: (answer: string) => void }[] = [];
  const work = createSharedWork<string, string>((key, signal) => new Promise((done) => begun.push({ key, signal, done })));
  return { work, begun };
};
const never = new AbortController().signal;

test('who asks for the same meanwhile gets the same answer, worked out once', async () => {
  const { work, begun } = create();
  const answers = [work.ask('a', never), work.ask('a', never), work.ask('b', never)];
  expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
  begun.forEach(({ key, done }) => done(`${key}!`));
  expect(await Promise.all(answers)).toEqual(['a!', 'a!', 'b!']);
  void work.ask('a', never);
  expect(begun).toHaveLength(3);
});

test('what has begun before a change is not given to anybody who asks after it', () => {
  const { work, begun } = create();
  void work.ask('a', never);
  work.outdate();
  void work.ask('a', never);
  expect(begun).toHaveLength(2);
});

test('work goes on while one still waits for it, and is left with the last', () => {
  const { work, begun } = create();
  const [first, second] = [new AbortController(), new AbortController()];
  void work.ask('a', first.signal);
  void work.ask('a', second.signal);
  first.abort();
  expect(begun[0]?.signal.aborted).toBe(false);
  second.abort();
  expect(begun[0]?.signal.aborted).toBe(true);
  void work.ask('a', never);
  expect(begun).toHaveLength(2);
});
