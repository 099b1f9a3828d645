import { useWords } from '../../words.tsx';
import { applicationName, applicationDoes } from './application-words.ts';
import type { Proposal } from './recognise.ts';

interface ProposalTextProps {
  proposal: Proposal;
  /** Of the files, as far as they are known: while they are dragged they are not. */
  names?: readonly string[];
}

/** What a proposal would do, in one sentence. */
export const ProposalText = ({ proposal, names = [] }: ProposalTextProps) => {
  const words = useWords();
  if (proposal.kind === 'model') {
    const model = names[proposal.model];
    return <>{model === undefined ? words.text('proposal.model') : words.text('proposal.namedModel', { model })}</>;
  }
  return (
    <>
      <b>{applicationName(proposal.application, words)}</b> {applicationDoes(proposal.application, words)}{' '}
      {words.text('proposal.files', { files: proposal.files.length, jobs: proposal.jobs })}
    </>
  );
};
