import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { JobDetail } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { CandidatesTable } from './candidates-table.tsx';
import type { ExplanationState } from './explanation-store.ts';
import type { Followed } from './followed.ts';
import { JobsList } from './jobs-list.tsx';
import { Near } from './near.tsx';
import { Remedies } from './remedies.tsx';

/** When a waiting job should run, who is ahead of it, what would start it now, and where it could run. */
export const Explained = ({ job }: { job: JobDetail }) => {
  const { jobs } = useParts();
  const [followed, setFollowed] = useState<Followed<ExplanationState>>();
  // A change of its reason is a change of its explanation.
  const key = `${job.revision} ${job.wait?.code}`;
  useEffect(() => {
    const store = jobs.followExplanation(job.id);
    setFollowed((before) => {
      if (before) store.setState(before.getState());
      return store;
    });
    return store.stop;
  }, [jobs, job.id, key]);
  return followed ? <Following followed={followed} job={job} /> : null;
};

const Following = ({ followed, job }: { followed: Followed<ExplanationState>; job: JobDetail }) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const { explanation, problem } = useStore(followed);
  if (!explanation) return <p className="predicted">{problem ? words.problem(problem) : words.text('why.working')}</p>;
  const { ahead, aheadTotal, remedies, candidates, near } = explanation;
  return (
    <>
      <p className="predicted">{words.expected(explanation, now)}</p>
      {aheadTotal > 0 && (
        <>
          <h3>{words.text('why.ahead', { count: aheadTotal })}</h3>
          <JobsList jobs={ahead} more={aheadTotal > ahead.length && words.text('why.aheadMore', { count: aheadTotal - ahead.length })} />
        </>
      )}
      <h3>{words.text('why.remedies')}</h3>
      <Remedies job={job} remedies={remedies} />
      {candidates.length > 0 && (
        <>
          <h3>{words.text('why.candidates')}</h3>
          <CandidatesTable candidates={candidates} group={job.group} />
          <Near near={near} />
        </>
      )}
    </>
  );
};
