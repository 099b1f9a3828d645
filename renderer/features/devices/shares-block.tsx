import { useState } from 'react';
import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { sharesOf } from './device-order.ts';
import { shareText } from './device-words.ts';
import { SplitForm } from './split-form.tsx';

/** The shares a device is split into; a share itself can be given back. */
export const SharesBlock = ({ device, devices }: { device: DeviceState; devices: readonly DeviceState[] }) => {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  if (device.parent !== undefined) {
    return (
      <section className="block">
        <div className="bh">
          <h2>{words.text('shares.share')}</h2>
          <span className="n">{shareText(device, words)}</span>
          <span className="grow" />
          <JoinButton share={device.id} label={words.text('shares.giveBack', { device: device.parent })} />
        </div>
      </section>
    );
  }
  if (device.kind !== 'cpu' && !(device.kind === 'gpu' && device.memory)) return null;
  const shares = sharesOf(devices, device.id);
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('shares.title')}</h2>
        <span className="n">{shares.length > 0 && words.number(shares.length)}</span>
        <span className="grow" />
        {!isOpen && (
          <button type="button" className="lnk" onClick={() => setOpen(true)}>
            <Icon name="plus" />
            {words.text('shares.split')}
          </button>
        )}
      </div>
      {shares.length === 0 && !isOpen && <p className="dim">{words.text('shares.none')}</p>}
      <ul className="shares">
        {shares.map((share) => (
          <li key={share.id}>
            <Link href={`/devices/${share.id}`}>{share.id}</Link>
            <span className="dim">{shareText(share, words)}</span>
            <JoinButton share={share.id} label={words.text('shares.join')} name={words.text('shares.joinWhat', { share: share.id })} />
          </li>
        ))}
      </ul>
      {isOpen && <SplitForm device={device} shares={shares} onClose={() => setOpen(false)} />}
    </section>
  );
};

const JoinButton = ({ share, label, name }: { share: string; label: string; name?: string }) => {
  const words = useWords();
  const { actions } = useParts();
  const isConnected = useConnected();
  const task = useTask<Outcome>();
  return (
    <>
      {task.outcome && (
        <p className="refused" role="alert">
          {words.problem(task.outcome)}
        </p>
      )}
      <button
        type="button"
        className="lnk"
        aria-label={name}
        disabled={!isConnected || task.isBusy}
        onClick={() => void task.run(() => actions.join(share))}
      >
        {label}
      </button>
    </>
  );
};
