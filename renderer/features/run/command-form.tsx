import { useState } from 'react';
import { useWords } from '../../words.tsx';
import { commandLineOf, environmentText, type Draft } from './draft.ts';
import { Field } from './field.tsx';
import { arrayOption, jobOptions, resumeOption, type OptionTexts } from './job-options.ts';
import { parseEnvironment } from './quantities.ts';
import { SubmitBar } from './submit-bar.tsx';
import { useSubmit } from './use-submit.ts';

export interface FormProps {
  /** An earlier job that this one starts from. */
  draft: Draft | undefined;
  options: OptionTexts;
  /** Some option cannot be read, so nothing can be submitted. */
  hasWrong: boolean;
}

/** One line for the shell, where it runs and what it sees of the environment. */
export const CommandForm = ({ draft, options, hasWrong }: FormProps) => {
  const start = draft?.spec.runtime === 'command' ? draft.spec : undefined;
  const words = useWords();
  const submission = useSubmit();
  const [line, setLine] = useState(start ? commandLineOf(start.command) : '');
  const [folder, setFolder] = useState(start?.folder ?? '');
  const [environment, setEnvironment] = useState(environmentText(start?.environment ?? {}));
  const parsed = parseEnvironment(environment);
  const command = ['sh', '-c', line.trim()];
  const missing =
    line.trim() === ''
      ? 'run.needsCommand'
      : folder.trim() === ''
        ? 'run.needsFolder'
        : hasWrong || parsed.kind === 'wrong'
          ? 'run.needsRight'
          : undefined;
  return (
    <>
      <Field
        label={words.text('field.command')}
        value={line}
        onChange={setLine}
        placeholder="python3 train.py --epochs 3 > result.txt"
        isCode
      >
        {line.trim() && <Arguments values={command} />}
        {options.array.trim() && <p className="dim">{words.text('run.arrayHint', { word: '{index}' })}</p>}
      </Field>
      <Field label={words.text('field.folder')} value={folder} onChange={setFolder} placeholder={words.text('run.folderHint')} isCode />
      <Field
        label={words.text('field.environment')}
        value={environment}
        onChange={setEnvironment}
        placeholder="SEED=7"
        lines={3}
        problem={parsed.kind === 'wrong' ? words.text('run.environmentWrong') : undefined}
        isCode
      />
      <SubmitBar
        submission={submission}
        label={words.text('run.submitCommand')}
        missing={missing && words.text(missing)}
        note={words.text('run.commandNote')}
        onSubmit={() =>
          void submission.submit(async () => [
            {
              runtime: 'command',
              ...jobOptions(options),
              ...arrayOption(options),
              ...resumeOption(options),
              command,
              folder: folder.trim(),
              ...(parsed.kind === 'value' ? { environment: parsed.value } : {}),
            },
          ])
        }
      />
    </>
  );
};

/** The program and its arguments as the system gets them. */
export const Arguments = ({ values }: { values: readonly string[] }) => {
  const words = useWords();
  return (
    <p className="argv" aria-label={words.text('run.arguments')}>
      {values.map((value, index) => (
        <code key={index}>{value === '' ? ' ' : value}</code>
      ))}
    </p>
  );
};
