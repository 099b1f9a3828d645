import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { Engine } from './core/services/foresight/compare-policies.ts';
import { answerTo, runListsOf, type Answered, type Asked } from './core/services/foresight/questions.ts';
import { sliceItems, type ForesightAnswer, type ForesightRequest } from './core/services/foresight/thread-messages.ts';
import type { TaskRequest } from './core/scheduler-port.ts';
import { sizeOf } from './core/services/scheduler/machine-size.ts';
import { fromSnapshot } from './core/services/scheduler/snapshot.ts';
import { resources } from './core/services/scheduler/use.ts';

/*
 * Looks ahead beside the core's main thread: plays copies of the queue by the scheduler that runs live. Knows no clock and no disk.
 */
const port = parentPort;
if (!port) throw new Error('foresight-thread runs in a worker thread');

const engine: Engine = { open: fromSnapshot, measure: sizeOf, resources };
/** Waiting tasks of questions that are still on their way. */
const arriving = new Map<number, TaskRequest[]>();
/** Questions that are worked on. */
const worked = new Set<number>();

const say = (answer: ForesightAnswer): void => port.postMessage(answer);

/** How often it tells how far it has come, in milliseconds. */
const tellMs = 100;
/** How long it works before it looks whether a question was taken back, in milliseconds. */
const turnMs = 10;

const workOut = async (id: number, asked: Asked): Promise<Answered | undefined> => {
  const steps = answerTo(asked, engine);
  let turnEnds = performance.now() + turnMs;
  let tellsAt = performance.now() + tellMs;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (performance.now() < turnEnds) continue;
    await nextTurn();
    if (!worked.has(id)) return undefined;
    if (step.value && performance.now() >= tellsAt) {
      const { share, outcomes } = step.value;
      say({ kind: 'soFar', id, soFar: { share, outcomes: outcomes.map((outcome) => ({ ...outcome, runs: [] })) } });
      tellsAt = performance.now() + tellMs;
    }
    turnEnds = performance.now() + turnMs;
  }
};

const answer = async (id: number, asked: Asked): Promise<void> => {
  worked.add(id);
  try {
    const answered = await workOut(id, asked);
    if (!answered) return;
    for (const [place, runs] of runListsOf(answered).entries())
      while (runs.length > 0) say({ kind: 'runs', id, place, runs: runs.splice(0, sliceItems) });
    say({ kind: 'answer', id, answered });
  } catch (error) {
    say({ kind: 'failed', id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    worked.delete(id);
  }
};

/** The question with the waiting tasks that came before it. */
const complete = (id: number, asked: Asked): Asked => {
  const waiting = arriving.get(id) ?? [];
  arriving.delete(id);
  const { question } = asked;
  return { ...asked, question: { ...question, snapshot: { ...question.snapshot, waiting } } } as Asked; // of the same kind
};

port.on('message', (request: ForesightRequest) => {
  switch (request.kind) {
    case 'waiting':
      arriving.set(request.id, [...(arriving.get(request.id) ?? []), ...request.tasks]);
      return;
    case 'ask':
      return void answer(request.id, complete(request.id, request.asked));
    case 'leave':
      worked.delete(request.id);
      arriving.delete(request.id);
      return;
    case 'close':
      worked.clear();
      port.close();
  }
});
