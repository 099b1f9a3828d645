import { useStore } from 'zustand';
import type { JobDetail } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';

/** What an unfinished job should take and need, on what that rests, and how good such predictions have been. */
export const Predicted = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const time = words.prediction(job, now);
  return (
    <>
      {time !== undefined && <p className="predicted">{time}</p>}
      {words.memoryNeeds(job).map((text) => (
        <p className="predicted" key={text}>
          {text}
        </p>
      ))}
      {job.predictionQuality && <p className="predicted dim">{words.quality(job.predictionQuality)}</p>}
    </>
  );
};
