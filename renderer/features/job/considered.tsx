import { consideredIn, nearIn } from '../../../shared/model/considered.ts';
import type { JobDetail } from '../../../shared/model/job.ts';
import { useWords } from '../../words.tsx';
import { CandidatesTable } from './candidates-table.tsx';
import { Near } from './near.tsx';

/** What the place of the latest attempt was chosen from, and what decided; nothing where there was no choice. */
export const Considered = ({ job: { state, group } }: { job: JobDetail }) => {
  const words = useWords();
  const candidates = consideredIn(state);
  const near = nearIn(state);
  const chosenAt = 'startedAt' in state ? state.startedAt : undefined;
  if ((!candidates && !near) || chosenAt === undefined) return null;
  return (
    <>
      <h3>{words.text('why.considered')}</h3>
      {candidates && <CandidatesTable candidates={candidates} group={group} chosenAt={chosenAt} />}
      <Near near={near} />
    </>
  );
};
