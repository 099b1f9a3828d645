import type { JobDetail } from '../../../shared/model/job.ts';
import { useWords } from '../../words.tsx';
import { isEnded } from './job-words.ts';
import { ArtifactList } from './results/artifact-list.tsx';
import { LabelsResult } from './results/labels-result.tsx';
import { SpeechResult } from './results/speech-result.tsx';
import { TensorsResult } from './results/tensors-result.tsx';
import { TextResult } from './results/text-result.tsx';

/** What the job found, shown as what it is, and every file of it to keep. */
export const ResultTab = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const { result, artifacts } = job;
  if (!result && artifacts.length === 0) {
    return <p className="dim">{words.text(isEnded(job.state) ? 'result.none' : 'result.notYet')}</p>;
  }
  return (
    <>
      {result?.kind === 'text' && <TextResult items={result.items} artifacts={artifacts} />}
      {result?.kind === 'speech' && <SpeechResult items={result.items} artifacts={artifacts} />}
      {result?.kind === 'labels' && <LabelsResult items={result.items} />}
      {result?.kind === 'tensors' && <TensorsResult outputs={result.outputs} artifacts={artifacts} />}
      <ArtifactList artifacts={artifacts} />
    </>
  );
};
