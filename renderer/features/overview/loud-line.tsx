import { useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { JobRow } from '../../../shared/model/job.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { deviceTitle, whyNot } from '../devices/device-words.ts';
import { reasonOf, stateSentence } from '../job/job-words.ts';

interface LoudLineProps {
  failure: JobRow | undefined;
  devices: readonly DeviceState[];
}

/** The one loud thing of the page: the latest failure, until it is retried or put aside, else what devices are lost. */
export const LoudLine = ({ failure, devices }: LoudLineProps) => {
  const words = useWords();
  const { actions, connection, clock } = useParts();
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  const now = useStore(clock);
  const [aside, setAside] = useState<string>();
  const task = useTask<Outcome>();
  const key = failure && `${failure.id} ${failure.revision}`;
  const lost = devices.filter(isLost);
  if (!failure || key === aside) return lost.length > 0 ? <LostDevices lost={lost} /> : <Nothing />;
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
      <AsideButton onClick={() => setAside(key)} />
    </div>
  );
};

/** A core that has just started finds its devices by itself. */
const isLost = ({ state, reason, parent }: DeviceState): boolean =>
  state === 'unhealthy' && reason?.code !== 'device-sought' && parent === undefined;

/** Until all of them are back; what is put aside is shown again when others are lost. */
const LostDevices = ({ lost }: { lost: readonly DeviceState[] }) => {
  const words = useWords();
  const [aside, setAside] = useState<string>();
  const [first] = lost;
  const key = lost.map(({ id }) => id).join(' ');
  if (!first || key === aside) return <Nothing />;
  const why = whyNot(first, words);
  return (
    <div className="ask" role="alert">
      <StateMark mark="failed" />
      <p className="grow" title={why}>
        <b>{words.text('overview.unhealthy', { devices: lost.map((device) => deviceTitle(device, words)) })}</b> {why}
      </p>
      <Link className="lnk" href={`/devices/${first.id}`}>
        {words.text('overview.seeDevice')}
      </Link>
      <AsideButton onClick={() => setAside(key)} />
    </div>
  );
};

const Nothing = () => <div className="ask quiet">{useWords().text('overview.nothing')}</div>;

const AsideButton = ({ onClick }: { onClick: () => void }) => {
  const label = useWords().text('overview.aside');
  return (
    <button type="button" className="btn icon quiet" aria-label={label} title={label} onClick={onClick}>
      <Icon name="x" />
    </button>
  );
};
