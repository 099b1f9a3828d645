import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { JobDetail } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Tabs } from '../../ui/tab-list.tsx';
import { useWords } from '../../words.tsx';
import { JobActions } from './job-actions.tsx';
import './job.css';
import type { Followed } from './followed.ts';
import type { JobState } from './job-stores.ts';
import type { JobTab } from './job-tabs.ts';
import { hasFailed, isBeingEnded, isEnded, isStarted, markOf, stateSentence } from './job-words.ts';
import { LogTab } from './log-tab.tsx';
import { RanOnTab } from './ran-on-tab.tsx';
import { RecordTab } from './record-tab.tsx';
import { ResultTab } from './result-tab.tsx';
import { WhyTab } from './why-tab.tsx';

interface JobPanelProps {
  id: number;
  tab: JobTab | undefined;
  onClose: () => void;
  onTab: (tab: JobTab) => void;
}

/** One job beside the list, which stays where it is. Esc closes. */
export const JobPanel = ({ id, tab, onClose, onTab }: JobPanelProps) => {
  const words = useWords();
  const { jobs } = useParts();
  const [followed, setFollowed] = useState<Followed<JobState>>();
  useEffect(() => {
    const store = jobs.followJob(id);
    setFollowed(store);
    return store.stop;
  }, [jobs, id]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) onClose();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [onClose]);
  return (
    <aside className="panel" aria-label={words.text('job.label', { id })}>
      {followed ? <Following followed={followed} tab={tab} onClose={onClose} onTab={onTab} /> : null}
    </aside>
  );
};

const Following = ({ followed, tab, onClose, onTab }: Omit<JobPanelProps, 'id'> & { followed: Followed<JobState> }) => {
  const words = useWords();
  const { job, problem } = useStore(followed);
  if (!job) {
    return (
      <header className="ph">
        <div className="pt">
          <h2 className="grow">{words.text(problem ? 'job.missing' : 'job.opening')}</h2>
          <CloseButton onClose={onClose} />
        </div>
        {problem && <p className="refused">{words.problem(problem)}</p>}
      </header>
    );
  }
  // Why it waits is nothing to tell once it runs.
  const chosen = tab !== undefined && tabsOf(job).includes(tab) ? tab : usualTab(job);
  return (
    <>
      <PanelHead job={job} onClose={onClose} />
      <Tabs
        label={words.text('job.views')}
        tabs={tabsOf(job).map((name) => ({ name, label: words.text(name === 'why' ? whyWord(job) : `tab.${name}`) }))}
        chosen={chosen}
        onChoose={onTab}
      >
        {chosen === 'why' && <WhyTab job={job} />}
        {chosen === 'log' && <LogTab id={job.id} key={attemptOf(job)} />}
        {chosen === 'result' && <ResultTab job={job} />}
        {chosen === 'ranOn' && <RanOnTab job={job} />}
        {chosen === 'record' && <RecordTab job={job} />}
      </Tabs>
    </>
  );
};

/** A retried job writes a new log. */
const attemptOf = (job: JobDetail): number => ('attempt' in job.state ? job.state.attempt : 0);

/** Nobody reads what an adopted process prints, and it leaves no result here. */
const tabsOf = ({ state, runtime }: JobDetail): readonly JobTab[] => {
  const isFine = state.kind === 'succeeded' || isRunning(state);
  if (runtime === 'process') return isFine ? ['ranOn', 'record'] : ['why', 'ranOn', 'record'];
  return isFine ? ['result', 'log', 'ranOn', 'record'] : ['why', 'log', 'result', 'ranOn', 'record'];
};

/** Not one that stands still, nor one that is being ended: why is what one wants to know. */
const isRunning = (state: JobDetail['state']): boolean => isStarted(state) && state.kind !== 'paused' && !isBeingEnded(state);

const whyWord = ({ state }: JobDetail) => {
  if (isBeingEnded(state)) return 'tab.whyEnding';
  if (hasFailed(state)) return 'tab.whyFailed';
  return isEnded(state) ? 'tab.whyEnded' : 'tab.why';
};

/** What a person most likely wants to see of a job in its state. */
const usualTab = (job: JobDetail): JobTab => {
  if (job.runtime === 'process') return tabsOf(job)[0] ?? 'record';
  if (job.state.kind === 'succeeded') return job.result || job.artifacts.length > 0 ? 'result' : 'log';
  // A divided job prints little, and how its parts get on is what one looks for.
  if (isRunning(job.state) && job.parts) return 'ranOn';
  return isRunning(job.state) ? 'log' : 'why';
};

const PanelHead = ({ job, onClose }: { job: JobDetail; onClose: () => void }) => {
  const words = useWords();
  const { clock } = useParts();
  const now = useStore(clock);
  // A job that waits says so beside why it waits, an ended one beside what happened to it.
  const prediction = isStarted(job.state) ? words.prediction(job, now) : undefined;
  return (
    <header className="ph">
      <div className="pt">
        <StateMark mark={markOf(job.state)} />
        <h2 title={job.name}>{job.name}</h2>
        <CloseButton onClose={onClose} />
      </div>
      <p className="pm">
        <span>{stateSentence(job, now, words)}</span>
        <span className="mono dim">{job.id}</span>
      </p>
      {prediction !== undefined && <p className="predicted">{prediction}</p>}
      <JobActions job={job} />
    </header>
  );
};

const CloseButton = ({ onClose }: { onClose: () => void }) => {
  const words = useWords();
  return (
    <button
      type="button"
      className="btn icon quiet"
      aria-label={words.text('job.close')}
      title={`${words.text('job.close')}  Esc`}
      onClick={onClose}
    >
      <Icon name="x" />
    </button>
  );
};
