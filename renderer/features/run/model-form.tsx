import { useEffect, useState } from 'react';
import type { TensorInfo } from '../../../shared/contract/models.ts';
import type { Problem } from '../../connection.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import type { FormProps } from './command-form.tsx';
import type { Draft } from './draft.ts';
import { dividedOptions } from './job-options.ts';
import { matchInputs } from './recognise.ts';
import type { ModelLook } from './run-store.ts';
import { stagedFile, type Staged } from './staged.ts';
import { SubmitBar } from './submit-bar.tsx';
import { useSubmit } from './use-submit.ts';

interface ModelFormProps extends FormProps {
  model: Staged | undefined;
  /** Files given with the model that may be its inputs. */
  tensors: readonly Staged[];
}

/** Looks into a model and asks for a file for each of its inputs. */
export const ModelForm = ({ model, tensors, draft, options, hasWrong }: ModelFormProps) => {
  const words = useWords();
  const { run } = useParts();
  const [look, setLook] = useState<ModelLook | { problem: Problem }>();
  useEffect(() => {
    if (!model) return;
    let isGone = false;
    void run.inspect(model).then((found) => !isGone && setLook(found));
    return () => {
      isGone = true;
    };
  }, [run, model]);
  if (!model) return null;
  if (!look) return <p className="dim">{words.text('model.looking', { name: model.name })}</p>;
  if ('problem' in look) {
    return (
      <p className="refused" role="alert">
        {words.problem(look.problem)}
      </p>
    );
  }
  return <ModelInputs name={model.name} look={look} tensors={tensors} draft={draft} options={options} hasWrong={hasWrong} />;
};

interface ModelInputsProps extends FormProps {
  name: string;
  look: ModelLook;
  tensors: readonly Staged[];
}

const ModelInputs = ({ name, look, tensors, draft, options, hasWrong }: ModelInputsProps) => {
  const words = useWords();
  const { run } = useParts();
  const submission = useSubmit();
  const [chosen, setChosen] = useState(() => inputsOf(draft));
  const matched = matchInputs(
    look.inputs.map((input) => input.name),
    tensors.map((file) => file.name),
  );
  const fileFor = (input: TensorInfo, place: number): Staged | undefined => chosen.get(input.name) ?? tensors[matched[place] ?? -1];
  const files = look.inputs.map(fileFor);
  const firstMissing = look.inputs.find((_, place) => !files[place]);
  const submit = () =>
    submission.submit(async () => {
      const refs = await run.refer(
        files.flatMap((file) => file ?? []),
        () => {},
      );
      if ('problem' in refs) return refs;
      const inputs = look.inputs.flatMap((input, place) => (refs[place] ? [{ name: input.name, file: refs[place] }] : []));
      return [{ runtime: 'onnx', ...dividedOptions(options), model: look.file, inputs }];
    });
  return (
    <section className="model">
      <h2>{words.text('model.inputs', { name, count: look.inputs.length })}</h2>
      <table className="t">
        <thead>
          <tr>
            <th>{words.text('model.input')}</th>
            <th>{words.text('tensors.type')}</th>
            <th>{words.text('tensors.shape')}</th>
            <th>{words.text('tensors.file')}</th>
          </tr>
        </thead>
        <tbody>
          {look.inputs.map((input, place) => (
            <tr key={input.name}>
              <td className="name" title={input.name}>
                {input.name}
              </td>
              <td className="mono">{input.dtype}</td>
              <td className="mono">{input.shape.join(' × ') || words.text('tensors.scalar')}</td>
              <td>
                <InputFile input={input.name} file={files[place]} onChoose={(file) => setChosen(new Map(chosen).set(input.name, file))} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="dim">
        {words.text('model.outputs', { names: look.outputs.map((output) => `${output.name} (${output.dtype})`).join(', ') })}
      </p>
      <SubmitBar
        submission={submission}
        label={words.text('run.submitModel')}
        missing={
          firstMissing ? words.text('model.needsInput', { name: firstMissing.name }) : hasWrong ? words.text('run.needsRight') : undefined
        }
        onSubmit={() => void submit()}
      />
    </section>
  );
};

/** The files of an earlier job by the inputs they went into. The model stands before them. */
const inputsOf = (draft: Draft | undefined): ReadonlyMap<string, Staged> => {
  const inputs = draft?.spec.runtime === 'onnx' ? draft.spec.inputs : [];
  return new Map(
    inputs.flatMap(({ name }, place) => {
      const file = draft?.files[place + 1];
      return file ? [[name, file] as const] : [];
    }),
  );
};

const InputFile = ({ input, file, onChoose }: { input: string; file: Staged | undefined; onChoose: (file: Staged) => void }) => {
  const words = useWords();
  return (
    <label className="input-file">
      <span className={file ? '' : 'lnk'}>{file ? file.name : words.text('model.choose')}</span>
      <input
        type="file"
        accept=".npy,.json,.pb"
        aria-label={words.text('model.fileFor', { name: input })}
        onChange={(event) => {
          const [first] = event.target.files ?? [];
          if (first) onChoose(stagedFile(first));
        }}
      />
    </label>
  );
};
