import { useState } from 'react';
import { useLocation } from 'wouter';
import type { JobRequest } from '../../../shared/model/job.ts';
import type { Problem } from '../../connection.ts';
import { useParts } from '../../parts.tsx';

export interface Submission {
  isBusy: boolean;
  problem: Problem | undefined;
  /** Makes the jobs, submits them and opens the first; a problem stays where the button is. */
  submit: (make: () => Promise<JobRequest[] | { problem: Problem }>) => Promise<void>;
}

export const useSubmit = (): Submission => {
  const { actions, run } = useParts();
  const [, go] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit: Submission['submit'] = async (make) => {
    setBusy(true);
    setProblem(undefined);
    const jobs = await make();
    const outcome = 'problem' in jobs ? jobs : await actions.submit(jobs);
    setBusy(false);
    if ('problem' in outcome) return setProblem(outcome.problem);
    run.clear();
    // The number of an array is not that of a job.
    const isArray = !('problem' in jobs) && jobs.some((job) => 'array' in job);
    go(`/queue/${isArray ? 'array/' : ''}${outcome.ids[0] ?? ''}`);
  };
  return { isBusy, problem, submit };
};
