import { useState } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { Arguments, type FormProps } from './command-form.tsx';
import { environmentText } from './draft.ts';
import { Field } from './field.tsx';
import { FileChooser } from './file-chooser.tsx';
import { arrayOption, jobOptions } from './job-options.ts';
import { parseEnvironment, quoteWords, splitWords } from './quantities.ts';
import { SubmitBar } from './submit-bar.tsx';
import { useSubmit } from './use-submit.ts';

/** An image, what it runs and the files it may read. */
export const ContainerForm = ({ draft, options, hasWrong }: FormProps) => {
  const start = draft?.spec.runtime === 'container' ? draft.spec : undefined;
  const words = useWords();
  const { run } = useParts();
  const files = useStore(run, (state) => state.files);
  const submission = useSubmit();
  const [image, setImage] = useState(start?.image ?? '');
  const [line, setLine] = useState(quoteWords(start?.command ?? []));
  const [environment, setEnvironment] = useState(environmentText(start?.environment ?? {}));
  const [hasNetwork, setNetwork] = useState(start?.network ?? false);
  const parsed = parseEnvironment(environment);
  const command = splitWords(line);
  const missing = image.trim() === '' ? 'run.needsImage' : hasWrong || parsed.kind === 'wrong' || !command ? 'run.needsRight' : undefined;
  const submit = () =>
    submission.submit(async () => {
      const inputs = await run.refer(files, () => {}, Infinity);
      if ('problem' in inputs) return inputs;
      return [
        {
          runtime: 'container',
          ...jobOptions(options),
          ...arrayOption(options),
          image: image.trim(),
          command: [...(command ?? [])],
          network: hasNetwork,
          ...(start ? { processLimit: start.processLimit } : {}),
          inputs: [...inputs],
          ...(parsed.kind === 'value' ? { environment: parsed.value } : {}),
        },
      ];
    });
  return (
    <>
      <Field label={words.text('field.image')} value={image} onChange={setImage} placeholder="python:3.13-slim" isCode />
      <Field
        label={words.text('run.containerCommand')}
        value={line}
        onChange={setLine}
        placeholder={words.text('run.containerCommandHint')}
        problem={command ? undefined : words.text('run.quoteOpen')}
        isCode
      >
        {command && command.length > 0 && <Arguments values={command} />}
        {options.array.trim() && <p className="dim">{words.text('run.arrayHint', { word: '{index}' })}</p>}
      </Field>
      <FileChooser files={files} label={words.text('run.containerFiles')} />
      <Field
        label={words.text('field.environment')}
        value={environment}
        onChange={setEnvironment}
        placeholder="SEED=7"
        lines={3}
        problem={parsed.kind === 'wrong' ? words.text('run.environmentWrong') : undefined}
        isCode
      />
      <label className="check">
        <input type="checkbox" checked={hasNetwork} onChange={() => setNetwork(!hasNetwork)} /> {words.text('run.network')}
      </label>
      <SubmitBar
        submission={submission}
        label={words.text('run.submitContainer')}
        missing={missing && words.text(missing)}
        note={words.text('run.containerNote')}
        onSubmit={() => void submit()}
      />
    </>
  );
};
