import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { TaskRequest } from '../../scheduler-port.ts';
import { capacity, gigabyte, open, request } from './test-machine.ts';
import { play, seconds, type Play } from './test-play.ts';

/* A machine of several processors counts as one for admission, which is an approximation: what that is worth, over whole days of work. */

const tasksOfADay = 150;

/** Arrivals at a load of the machine's four cores; each is due after 1.5 to 5.5 times as long as it takes. */
const dayOf = (load: number, drawn: readonly (readonly [gap: number, length: number, width: number, slack: number])[]): Play[] => {
  let at = 0;
  return drawn.map(([gap, length, width, slack], place): Play => {
    const [cores, ms] = [1 + (width % 4), 1000 + length * 400];
    // A task takes 21 s of two and a half cores on average, and gaps are 50 on average.
    at += Math.round((gap / 50) * ((21_000 * 2.5) / (4 * load)));
    const deadline = at + ms * (1.5 + (4 * slack) / 100);
    const task = request(place + 1, { cores, memoryBytes: gigabyte / 100, enqueuedAt: at, deadline, ...seconds(ms / 1000) });
    return { task, at, ms };
  });
};

const missed = (policy: PolicyName, plays: readonly Play[], change: (task: TaskRequest) => TaskRequest = (task) => task): number => {
  const starts = play(
    open(policy, capacity),
    plays.map((one) => ({ ...one, task: change(one.task) })),
  );
  return plays.filter(({ task, ms }) => starts.get(task.id)!.at + ms > (task.deadline ?? Infinity)).length;
};

test.each([0.7, 0.9, 1.2])('at a load of %d fewer deadlines are missed than in the order of deadlines alone, or of arrival', (load) => {
  const drawn = fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.nat(3), fc.nat(100)), { minLength: tasksOfADay, maxLength: tasksOfADay });
  const days = fc.sample(drawn, { numRuns: 12, seed: 7 }).map((one) => dayOf(load, one));
  const inAll = (count: (day: Play[]) => number): number => days.reduce((sum, day) => sum + count(day), 0);
  const admitted = inAll((day) => missed('deadline', day));
  // First come, first served, where everybody comes when it is due.
  const byDeadline = inAll((day) => missed('fifo', day, (task) => ({ ...task, enqueuedAt: task.deadline ?? Infinity })));
  const byArrival = inAll((day) => missed('fifo', day));
  expect(admitted).toBeLessThan(byDeadline);
  expect(admitted).toBeLessThan(byArrival);
});
