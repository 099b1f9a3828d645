import { useStore } from 'zustand';
import type { JobDetail } from '../../../shared/model/job.ts';
import type { Reason } from '../../../shared/model/reason.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { Considered } from './considered.tsx';
import { Explained } from './explained.tsx';
import { JobsList } from './jobs-list.tsx';
import { isEnded, preemptionText, reasonOf, stateSentence } from './job-words.ts';
import { Predicted } from './predicted.tsx';

/** The reason as a sentence, then the numbers behind it. */
export const WhyTab = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const { clock } = useParts();
  const now = useStore(clock);
  const reason = reasonOf(job);
  const deviceMemory = words.deviceMemory(job.demand);
  const isWaiting = job.state.kind === 'pending' || job.state.kind === 'held';
  return (
    <>
      <p className="lead">{reason ? words.reason(reason) : stateSentence(job, now, words)}</p>
      {isWaiting && job.state.preemptions && <p className="predicted">{preemptionText(job, words)}</p>}
      {!isEnded(job.state) && <Predicted job={job} />}
      {isWaiting && <Explained job={job} />}
      <Considered job={job} />
      {/* Who is ahead is explained already. */}
      {reason && reason.code !== 'behind' && <NamedJobs jobs={jobsIn(reason)} />}
      {isWaiting && (
        <>
          <h3>{words.text('why.needs')}</h3>
          <dl className="kv">
            <dt>{words.text('field.cores')}</dt>
            <dd>{words.number(job.demand.cores, 1)}</dd>
            <dt>{words.text('field.memory')}</dt>
            <dd>
              {words.bytes(job.demand.memoryBytes)} <span className="dim">{words.text(`memoryFrom.${job.demand.memoryFrom}`)}</span>
            </dd>
            {deviceMemory !== undefined && (
              <>
                <dt>{words.text('ranOn.deviceMemory')}</dt>
                <dd>{deviceMemory}</dd>
              </>
            )}
            <dt>{words.text('field.priority')}</dt>
            <dd>{words.number(job.priority)}</dd>
          </dl>
        </>
      )}
    </>
  );
};

const NamedJobs = ({ jobs }: { jobs: readonly { id: number; name: string }[] }) => {
  const words = useWords();
  if (jobs.length === 0) return null;
  return (
    <>
      <h3>{words.text('why.jobs')}</h3>
      <JobsList jobs={jobs} />
    </>
  );
};

/** The jobs that a reason names, so that each can be opened. */
const jobsIn = (reason: Reason): readonly { id: number; name: string }[] => {
  if (reason.code === 'dependency') return reason.values.jobs;
  if (reason.code === 'behind') return [reason.values.first];
  if (reason.code === 'fair-share') return [reason.values.ahead];
  if (reason.code === 'being-preempted') return [reason.values.by];
  if (reason.code === 'preempting') return reason.values.jobs;
  if ('holders' in reason.values) return reason.values.holders;
  return reason.code === 'dependency-failed' || reason.code === 'not-needed' ? [reason.values.job] : [];
};
