import { Link } from 'wouter';
import { useStore } from 'zustand';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useTask } from '../../ui/use-task.ts';
import { startText } from '../scheduler/plan-words.ts';
import { useWords } from '../../words.tsx';

/** One line: what runs, what waits, and why the first one waits; or since when the core is out of reach. */
export const StatusStrip = () => {
  const words = useWords();
  const { connection, status: store, actions } = useParts();
  const state = useStore(connection);
  const status = useStore(store, (value) => value.status);
  const pausing = useTask<Outcome>();
  const isConnected = state.kind === 'connected';
  const isPaused = status?.isPaused ?? false;
  return (
    <footer className={`strip ${state.kind === 'unreachable' ? 'lost' : ''}`}>
      {status && (
        <>
          <span className={status.counts.running > 0 ? 'count' : 'count idle'}>
            <StateMark mark="running" /> <b>{words.number(status.counts.running)}</b> {words.text('strip.running')}
          </span>
          <span className="count">
            <StateMark mark="waiting" /> <b>{words.number(status.counts.pending)}</b> {words.text('strip.waiting')}
          </span>
        </>
      )}
      <p role="status">
        {state.kind === 'unreachable' ? (
          words.text(state.isAddressLost ? 'strip.lostAddress' : 'strip.lost', { since: words.clock(state.since, true) })
        ) : (
          <FirstInLine />
        )}
      </p>
      {pausing.outcome && <em className="refused">{words.problem(pausing.outcome)}</em>}
      {status && (
        <button
          type="button"
          className="lnk"
          disabled={!isConnected || pausing.isBusy}
          onClick={() => void pausing.run(isPaused ? actions.resume : actions.pause)}
        >
          <Icon name={isPaused ? 'run' : 'pause'} />
          {words.text(isPaused ? 'action.resumeQueue' : 'action.pauseQueue')}
        </button>
      )}
    </footer>
  );
};

const FirstInLine = () => {
  const words = useWords();
  const { connection, status: store, plan, clock } = useParts();
  const status = useStore(store, (value) => value.status);
  const now = useStore(clock);
  const startsAt = useStore(plan, ({ starts }) => (status?.first ? starts.get(status.first.id)?.startsAt : undefined));
  const isConnecting = useStore(connection, (state) => state.kind === 'connecting');
  if (!status) return words.text(isConnecting ? 'strip.connecting' : 'strip.reading');
  if (status.isPaused) return <b className="held">{words.text('strip.paused')}</b>;
  if (!status.first) return words.text('strip.nothingWaits');
  const why = status.first.wait ? words.reason(status.first.wait) : '';
  return (
    <>
      {words.text('strip.first')} <Link href={`/queue/${status.first.id}`}>{status.first.name}</Link>
      {why && ` · ${why}`}
      {startsAt !== undefined && ` ${words.text('strip.starts', { at: startText(startsAt, now, words) })}`}
    </>
  );
};
