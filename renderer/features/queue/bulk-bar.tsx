import { useStore } from 'zustand';
import type { JobAction, Outcome } from '../../actions.ts';
import type { JobRow } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useSure } from '../../ui/use-sure.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { fittingIds } from './fitting-ids.ts';

const buttons: readonly { action: JobAction; icon: IconName }[] = [
  { action: 'next', icon: 'next' },
  { action: 'hold', icon: 'hold' },
  { action: 'release', icon: 'run' },
  { action: 'pause', icon: 'pause' },
  { action: 'resume', icon: 'run' },
  { action: 'retry', icon: 'undo' },
  { action: 'cancel', icon: 'x' },
  { action: 'remove', icon: 'x' },
];

interface BulkBarProps {
  ids: ReadonlySet<number>;
  rows: ReadonlyMap<number, JobRow>;
  onClear: () => void;
}

/** What can be done with the selected jobs; each action goes to those it fits, and says to how many when not to all. */
export const BulkBar = ({ ids, rows, onClear }: BulkBarProps) => {
  const words = useWords();
  const { actions, connection } = useParts();
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  const task = useTask<Outcome>();
  const sure = useSure();
  const change = async (action: JobAction, fitting: readonly number[]): Promise<void> => {
    const problem = await task.run(() => actions.change(action, fitting));
    // Those are no longer there to be selected.
    if (action === 'remove' && !problem) onClear();
  };
  return (
    <div className="bulk" role="toolbar" aria-label={words.text('queue.selection')}>
      <b>{words.text('queue.selected', { count: ids.size })}</b>
      <i className="bar" />
      {buttons.map(({ action, icon }) => {
        const fitting = fittingIds(action, ids, rows);
        return (
          <button
            key={action}
            type="button"
            className={`lnk ${action === 'cancel' || action === 'remove' ? 'danger' : ''}`}
            disabled={!isConnected || task.isBusy || fitting.length === 0}
            onBlur={sure.forget}
            onClick={() => (action === 'remove' ? sure.press(action, () => void change(action, fitting)) : void change(action, fitting))}
          >
            <Icon name={icon} />
            {words.text(sure.isAsking(action) ? 'action.removeSure' : `action.${action}`)}
            {fitting.length > 0 && fitting.length < ids.size && <em>{words.number(fitting.length)}</em>}
          </button>
        );
      })}
      <span className="grow">{task.outcome && <em className="refused">{words.problem(task.outcome)}</em>}</span>
      <button
        type="button"
        className="btn icon quiet small"
        aria-label={words.text('queue.clearSelection')}
        title={words.text('queue.clearSelection')}
        onClick={onClear}
      >
        <Icon name="x" />
      </button>
    </div>
  );
};
