import type { PlannedRun } from '../../../../shared/model/plan.ts';
import type { TaskRequest } from '../../scheduler-port.ts';
import type { ComparedSoFar } from './compare-policies.ts';
import type { Answered, Asked } from './questions.ts';

/** What the core tells the thread that looks ahead. Long lists come before the question, in slices. */
export type ForesightRequest =
  | { kind: 'waiting'; id: number; tasks: TaskRequest[] }
  | { kind: 'ask'; id: number; asked: Asked }
  | { kind: 'leave'; id: number }
  | { kind: 'close' };

/** What it answers. `soFar` comes now and then, with outcomes that list no runs. `runs` belong to the list of that place in the answer (`runListsOf`), which comes after them without its runs. */
export type ForesightAnswer =
  | { kind: 'soFar'; id: number; soFar: ComparedSoFar }
  | { kind: 'runs'; id: number; place: number; runs: PlannedRun[] }
  | { kind: 'answer'; id: number; answered: Answered }
  | { kind: 'failed'; id: number; error: string };

/** Items of one message; taking it in costs about a millisecond. */
export const sliceItems = 200;
