import { consideredIn } from '../../../shared/model/considered.ts';
import type { JobDetail } from '../../../shared/model/job.ts';
import { useWords } from '../../words.tsx';
import { CandidatesTable } from './candidates-table.tsx';

/** What the place of the latest attempt was chosen from; nothing where there was no choice. */
export const Considered = ({ job: { state, group } }: { job: JobDetail }) => {
  const words = useWords();
  const candidates = consideredIn(state);
  const chosenAt = 'startedAt' in state ? state.startedAt : undefined;
  if (!candidates || chosenAt === undefined) return null;
  return (
    <>
      <h3>{words.text('why.considered')}</h3>
      <CandidatesTable candidates={candidates} group={group} chosenAt={chosenAt} />
    </>
  );
};
