import type { Artifact, TensorOutput } from '../../../../shared/model/artifact.ts';
import { useWords } from '../../../words.tsx';
import './results.css';
import { TensorValues } from './tensor-values.tsx';

interface TensorsResultProps {
  outputs: readonly TensorOutput[];
  artifacts: readonly Artifact[];
}

/** The outputs of a model and the first values of each; all of them are in the files below. */
export const TensorsResult = ({ outputs, artifacts }: TensorsResultProps) => {
  const words = useWords();
  return (
    <div className="tensors">
      {outputs.map((output) => (
        <section key={output.name} aria-label={output.name}>
          <h3>
            <span title={output.name}>{output.name}</span>
            <small className="mono">
              {output.dtype} {output.shape.length === 0 ? words.text('tensors.scalar') : output.shape.join(' × ')}
            </small>
          </h3>
          <TensorValues name={output.name} artifact={artifacts.find(({ name }) => name === output.file)} />
        </section>
      ))}
    </div>
  );
};
