import { useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import type { JobRow } from '../../../shared/model/job.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { reasonOf, stateSentence } from '../job/job-words.ts';

/** The one loud thing of the page: the latest failure, until it is retried or put aside. */
export const LoudLine = ({ failure }: { failure: JobRow | undefined }) => {
  const words = useWords();
  const { actions, connection, clock } = useParts();
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  const now = useStore(clock);
  const [aside, setAside] = useState<string>();
  const task = useTask<Outcome>();
  const key = failure && `${failure.id} ${failure.revision}`;
  if (!failure || key === aside) return <div className="ask quiet">{words.text('overview.nothing')}</div>;
  const reason = reasonOf(failure);
  return (
    <div className="ask" role="alert">
      <StateMark mark="failed" />
      <p className="grow" title={reason && words.reason(reason)}>
        <b>{words.text('overview.failed', { name: failure.name, state: stateSentence(failure, now, words) })}</b>{' '}
        {task.outcome ? <em className="refused">{words.problem(task.outcome)}</em> : reason && words.reason(reason)}
      </p>
      <Link className="lnk" href={`/queue/${failure.id}/log`}>
        {words.text('overview.seeLog')}
      </Link>
      <button
        type="button"
        className="btn primary"
        disabled={!isConnected || task.isBusy}
        onClick={() => void task.run(() => actions.change('retry', [failure.id])).then((outcome) => !outcome && setAside(key))}
      >
        {words.text('action.retry')}
      </button>
      <button
        type="button"
        className="btn icon quiet"
        aria-label={words.text('overview.aside')}
        title={words.text('overview.aside')}
        onClick={() => setAside(key)}
      >
        <Icon name="x" />
      </button>
    </div>
  );
};
