import { Link, useLocation } from 'wouter';
import { useStore } from 'zustand';
import type { JobDetail } from '../../../shared/model/job.ts';
import type { JobAction, Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useSure } from '../../ui/use-sure.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { actionsFor } from './job-words.ts';

const icons: Record<JobAction, IconName> = {
  next: 'next',
  hold: 'hold',
  release: 'run',
  pause: 'pause',
  resume: 'run',
  retry: 'undo',
  cancel: 'x',
  remove: 'x',
};

/** What can be done with the job as it is; a refusal explains itself right here. */
export const JobActions = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const { actions, connection } = useParts();
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  const task = useTask<Outcome>();
  const sure = useSure();
  const [, go] = useLocation();
  const change = async (action: JobAction): Promise<void> => {
    const problem = await task.run(() => actions.change(action, [job.id]));
    // There is nothing left to show here.
    if (action === 'remove' && !problem) go('/queue');
  };
  return (
    <>
      <div className="row actions">
        {actionsFor(job).map((action) => (
          <button
            key={action}
            type="button"
            className={`btn small ${action === 'cancel' || action === 'remove' ? 'danger' : ''}`}
            disabled={!isConnected || task.isBusy}
            onBlur={sure.forget}
            onClick={() => (action === 'remove' ? sure.press(action, () => void change(action)) : void change(action))}
          >
            <Icon name={icons[action]} />
            {words.text(sure.isAsking(action) ? 'action.removeSure' : `action.${action}`)}
          </button>
        ))}
        {job.runtime !== 'process' && (
          <Link className="btn small" href={`/run/as/${job.id}`} title={words.text('job.runAgainHint')}>
            {words.text('job.runAgain')}
          </Link>
        )}
      </div>
      {task.outcome && (
        <p className="refused" role="alert">
          {words.problem(task.outcome)}
        </p>
      )}
    </>
  );
};
