import { useWords } from '../../words.tsx';
import { applicationName, applicationDoes } from './application-words.ts';
import type { Proposal } from './recognise.ts';

/** What a proposal would do, in one sentence. */
export const ProposalText = ({ proposal }: { proposal: Proposal }) => {
  const words = useWords();
  if (proposal.kind === 'model') return <>{words.text('proposal.model')}</>;
  return (
    <>
      <b>{applicationName(proposal.application, words)}</b> {applicationDoes(proposal.application, words)}{' '}
      {words.text('proposal.files', { files: proposal.files.length, jobs: proposal.jobs })}
    </>
  );
};
