import { useState } from 'react';
import type { Artifact } from '../../../../shared/model/artifact.ts';
import { useParts } from '../../../parts.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { saveAs } from '../../../ui/save-as.ts';
import { useWords } from '../../../words.tsx';

/** Every file of the result, to keep. */
export const ArtifactList = ({ artifacts }: { artifacts: readonly Artifact[] }) => {
  const words = useWords();
  if (artifacts.length === 0) return null;
  return (
    <>
      <h3>
        {words.text('result.files')} <small>{words.number(artifacts.length)}</small>
      </h3>
      <ul className="artifacts">
        {artifacts.map((artifact) => (
          <ArtifactLine key={artifact.name} artifact={artifact} />
        ))}
      </ul>
    </>
  );
};

const ArtifactLine = ({ artifact }: { artifact: Artifact }) => {
  const words = useWords();
  const { addressOf } = useParts();
  const [hasFailed, setFailed] = useState(false);
  const save = async () => {
    try {
      const { address, release } = await addressOf(artifact);
      setFailed(false);
      saveAs(address, artifact.name);
      release();
    } catch {
      setFailed(true);
    }
  };
  return (
    <li>
      <span className="mono name" title={`sha256 ${artifact.sha256}`}>
        {artifact.name}
      </span>
      {hasFailed && <em className="refused">{words.text('result.notRead')}</em>}
      <em>{words.bytes(artifact.bytes)}</em>
      <button
        type="button"
        className="btn icon quiet small"
        aria-label={words.text('result.save', { name: artifact.name })}
        title={words.text('result.save', { name: artifact.name })}
        onClick={() => void save()}
      >
        <Icon name="save" />
      </button>
    </li>
  );
};
