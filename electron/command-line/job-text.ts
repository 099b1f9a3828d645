import type { JobRow, JobStateKind } from '../../shared/model/job.ts';
import type { Session } from './session.ts';

/** The word for a state in the person's language. */
export const stateWord = ({ text }: Session, kind: JobStateKind): string => text(`state-${kind}`);

/** Why a job waits or how it failed, in the person's language; empty where there is nothing to explain. */
export const reasonText = ({ sentence }: Pick<Session, 'sentence'>, { state, wait }: JobRow): string => {
  if ('reason' in state) return sentence(state.reason);
  return wait ? sentence(wait) : '';
};
