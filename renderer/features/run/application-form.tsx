import { useState } from 'react';
import type { JobRequest } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { applicationName } from './application-words.ts';
import type { FormProps } from './command-form.tsx';
import { dividedOptions } from './job-options.ts';
import type { Proposal } from './recognise.ts';
import type { Staged } from './staged.ts';
import { SubmitBar } from './submit-bar.tsx';
import { useSubmit } from './use-submit.ts';

interface ApplicationFormProps extends FormProps {
  proposal: Extract<Proposal, { kind: 'application' }>;
  files: readonly Staged[];
}

/** Runs an application on the files it takes. */
export const ApplicationForm = ({ proposal, files, options, hasWrong }: ApplicationFormProps) => {
  const words = useWords();
  const { run } = useParts();
  const submission = useSubmit();
  const [done, setDone] = useState(0);
  const taken = proposal.files.flatMap((place) => files[place] ?? []);
  const leftOut = files.length - taken.length;
  const submit = () =>
    submission.submit(async () => {
      setDone(0);
      const refs = await run.refer(taken, setDone);
      if ('problem' in refs) return refs;
      const job = { runtime: 'application' as const, ...dividedOptions(options), application: proposal.application };
      return proposal.jobs === 1 ? [{ ...job, files: [...refs] }] : refs.map((ref): JobRequest => ({ ...job, files: [ref] }));
    });
  return (
    <SubmitBar
      submission={submission}
      label={words.text('run.submitApplication', { application: applicationName(proposal.application, words), files: taken.length })}
      missing={
        submission.isBusy ? words.text('run.sending', { done, count: taken.length }) : hasWrong ? words.text('run.needsRight') : undefined
      }
      note={leftOut > 0 ? words.text('run.leftOut', { count: leftOut }) : undefined}
      onSubmit={() => void submit()}
    />
  );
};
