import { runInTurn, weightOf } from './in-turn.ts';
import type { Placed, Workload } from './workload.ts';

/**
 * Start-time fair queueing (Goyal, Vin, Cheng 1996) between groups: a task has the start tag S = max(v, F of the one before it in its group)
 * and the finish tag F = S + cost / weight; the least S is served, ties by the name of the group. v is the S of the task that started last,
 * and the largest F of all served once nothing is left to serve, so that who was idle has earned nothing.
 */
export const startTimeFair = (workload: Workload): Placed[] =>
  runInTurn(workload, 'sfq', (costs) => {
    const { tasks } = workload;
    const waiting: { task: number; group: string; start: number }[] = [];
    const lastFinish = new Map<string, number>();
    const finishes: number[] = [];
    let virtual = 0;
    let served = 0;
    let running = 0;
    return {
      arrived(task) {
        const group = tasks[task]?.group ?? '';
        const start = Math.max(virtual, lastFinish.get(group) ?? 0);
        finishes[task] = start + (costs[task] ?? 0) / weightOf(workload, group);
        lastFinish.set(group, finishes[task]);
        waiting.push({ task, group, start });
      },
      next() {
        waiting.sort((a, b) => a.start - b.start || compare(a.group, b.group) || a.task - b.task);
        const first = waiting.shift();
        if (!first) return undefined;
        virtual = first.start;
        running += 1;
        return first.task;
      },
      ended(task) {
        running -= 1;
        served = Math.max(served, finishes[task] ?? 0);
        if (running === 0 && waiting.length === 0) virtual = served;
      },
    };
  });

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
