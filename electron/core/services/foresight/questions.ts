import type { PolicyOutcome } from '../../../../shared/contract/scheduler.ts';
import type { Plan, PlannedRun } from '../../../../shared/model/plan.ts';
import { comparePolicies, type ComparedSoFar, type ComparisonQuestion, type Engine } from './compare-policies.ts';
import { explainTask, type ExplanationQuestion, type Foretold } from './explain-task.ts';
import { planQueue, type PlanQuestion } from './plan-queue.ts';

/** What can be asked of the future, by kind. */
export interface Questions {
  plan: { question: PlanQuestion; answer: Plan };
  explain: { question: ExplanationQuestion; answer: Foretold };
  compare: { question: ComparisonQuestion; answer: PolicyOutcome[] };
}

export type Asked = { [Kind in keyof Questions]: { kind: Kind; question: Questions[Kind]['question'] } }[keyof Questions];
export type Answered = { [Kind in keyof Questions]: { kind: Kind; answer: Questions[Kind]['answer'] } }[keyof Questions];

/** Works out an answer and tells how far a comparison has come; whoever takes its steps may leave between two of them. */
export function* answerTo(asked: Asked, engine: Engine): Generator<ComparedSoFar | void, Answered> {
  switch (asked.kind) {
    case 'plan':
      return { kind: 'plan', answer: yield* planQueue(asked.question, engine.open) };
    case 'explain':
      return { kind: 'explain', answer: yield* explainTask(asked.question, engine.open) };
    case 'compare':
      return { kind: 'compare', answer: yield* comparePolicies(asked.question, engine) };
  }
}

/** The long lists of an answer, which travel in slices, so that neither side is held up by one long message. */
export const runListsOf = (answered: Answered): PlannedRun[][] => {
  if (answered.kind === 'plan') return [answered.answer.runs];
  return answered.kind === 'compare' ? answered.answer.map(({ runs }) => runs) : [];
};
