import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import type { Problem } from '../../connection.ts';
import { useParts } from '../../parts.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { useWords } from '../../words.tsx';
import { CommandForm } from './command-form.tsx';
import { ContainerForm } from './container-form.tsx';
import { optionTexts, type Draft } from './draft.ts';
import { FilesForm } from './files-form.tsx';
import { noOptions, wrongOptions, type Way } from './job-options.ts';
import { Options } from './options.tsx';
import './run.css';

/** Something to run, new or `from` an earlier job. */
export const RunPage = ({ from }: { from: number | undefined }) => {
  const words = useWords();
  const { run } = useParts();
  const draft = useStore(run, (state) => state.draft);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    setProblem(undefined);
    if (from === undefined) run.forget();
    else void run.recall(from).then((found) => setProblem(found?.problem));
  }, [run, from]);
  if (from === draft?.id) return <RunForms key={from ?? 'new'} draft={draft} />;
  return (
    <main className="main p-run">
      <p className={problem ? 'refused line' : 'empty'}>{problem ? words.problem(problem) : words.text('job.opening')}</p>
    </main>
  );
};

/** Files, a command or a container, with the options every job has. */
const RunForms = ({ draft }: { draft: Draft | undefined }) => {
  const words = useWords();
  const { run } = useParts();
  const hasFiles = useStore(run, (state) => state.files.length > 0);
  const [chosen, setChosen] = useState<Way>(draft ? wayOf(draft) : 'files');
  const [options, setOptions] = useState(draft ? optionTexts(draft.spec) : noOptions);
  // Dropped files show what can be done with them, but a container takes them as its inputs.
  const way = hasFiles && chosen === 'command' ? 'files' : chosen;
  const form = { draft, options, hasWrong: wrongOptions(options, way).length > 0 };
  return (
    <main className="main p-run">
      {draft && <FromJob draft={draft} />}
      <div className="run-cols">
        <div className="run-what">
          <SegmentedControl
            label={words.text('run.ways')}
            options={(['files', 'command', 'container'] as const).map((name) => ({ name, label: words.text(`run.${name}`) }))}
            chosen={way}
            onChoose={(next) => {
              if (next === 'command') run.unstage();
              setChosen(next);
            }}
          />
          {way === 'files' && <FilesForm {...form} />}
          {way === 'command' && <CommandForm {...form} />}
          {way === 'container' && <ContainerForm {...form} />}
        </div>
        <Options texts={options} way={way} onChange={setOptions} />
      </div>
    </main>
  );
};

const wayOf = ({ spec: { runtime } }: Draft): Way => (runtime === 'command' || runtime === 'container' ? runtime : 'files');

const FromJob = ({ draft }: { draft: Draft }) => {
  const words = useWords();
  return (
    <p className="from-job">
      <span>{words.text('run.from', { id: draft.id })}</span>
      <Link className="lnk" href={`/queue/${draft.id}`}>
        {words.text('run.fromShow')}
      </Link>
      <Link className="lnk" href="/run">
        {words.text('run.startEmpty')}
      </Link>
    </p>
  );
};
