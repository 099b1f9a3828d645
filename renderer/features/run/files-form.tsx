import { useState } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { ApplicationForm } from './application-form.tsx';
import type { FormProps } from './command-form.tsx';
import type { Draft } from './draft.ts';
import { FileChooser } from './file-chooser.tsx';
import { ModelForm } from './model-form.tsx';
import { ProposalText } from './proposal-text.tsx';
import { recognise, type Proposal } from './recognise.ts';
import { applicationDoes, applicationName } from './application-words.ts';

/** Files first; what can be done with them follows from what they are. */
export const FilesForm = ({ draft, options, hasWrong }: FormProps) => {
  const words = useWords();
  const { run } = useParts();
  const { files, applications, problem } = useStore(run);
  const [chosen, setChosen] = useState<number>();
  const proposals = recognise(
    files.map(({ name }) => name),
    applications,
  );
  const proposal = proposals[Math.min(chosen ?? placeOf(draft, proposals), proposals.length - 1)];
  return (
    <>
      <FileChooser files={files} label={words.text('field.files')} />
      {problem && <p className="refused">{words.problem(problem)}</p>}
      {files.length === 0 && applications.length > 0 && (
        <section>
          <h2>{words.text('run.canDo')}</h2>
          <dl className="abilities">
            <dt>{words.text('field.model')}</dt>
            <dd>
              {words.text('proposal.model')} <span className="mono dim">.onnx</span>
            </dd>
            {applications.map(({ id, accepts }) => (
              <div key={id} className="fact">
                <dt>{applicationName(id, words)}</dt>
                <dd>
                  {applicationDoes(id, words)} <span className="mono dim">{accepts.join(' ')}</span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {files.length > 0 && proposals.length === 0 && (
        <p className="refused" role="alert">
          {words.text('run.unknownFiles', { kinds: kindsOf(applications) })}
        </p>
      )}
      {proposals.length > 1 && (
        <ProposalChoice names={files.map(({ name }) => name)} proposals={proposals} chosen={proposal} onChoose={setChosen} />
      )}
      {proposal?.kind === 'model' && (
        <ModelForm
          key={files[proposal.model]?.name}
          model={files[proposal.model]}
          tensors={proposal.inputs.flatMap((place) => files[place] ?? [])}
          draft={draft}
          options={options}
          hasWrong={hasWrong}
        />
      )}
      {proposal?.kind === 'application' && (
        <ApplicationForm proposal={proposal} files={files} draft={draft} options={options} hasWrong={hasWrong} />
      )}
    </>
  );
};

/** What the earlier job did, if it still can be done; else the likeliest. */
const placeOf = (draft: Draft | undefined, proposals: readonly Proposal[]): number => {
  const { spec } = draft ?? {};
  if (spec?.runtime !== 'application') return 0;
  return Math.max(
    0,
    proposals.findIndex((proposal) => proposal.kind === 'application' && proposal.application === spec.application),
  );
};

const kindsOf = (applications: readonly { accepts: readonly string[] }[]): string =>
  [...new Set(['.onnx', ...applications.flatMap(({ accepts }) => accepts)])].join(' ');

interface ProposalChoiceProps {
  names: readonly string[];
  proposals: readonly Proposal[];
  chosen: Proposal | undefined;
  onChoose: (place: number) => void;
}

const ProposalChoice = ({ names, proposals, chosen, onChoose }: ProposalChoiceProps) => {
  const words = useWords();
  return (
    <fieldset className="proposals">
      <legend>{words.text('run.whatToDo')}</legend>
      {proposals.map((proposal, place) => (
        <label key={place} className={proposal === chosen ? 'on' : ''}>
          <input type="radio" name="proposal" checked={proposal === chosen} onChange={() => onChoose(place)} />
          <span>
            <ProposalText proposal={proposal} names={names} />
          </span>
        </label>
      ))}
    </fieldset>
  );
};
