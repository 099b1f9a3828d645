import { useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { DeviceView } from './device-view.tsx';

/** One device, with the programs that use it as they are this second. Esc goes back to all of them. */
export const DevicePage = ({ id }: { id: string }) => {
  const words = useWords();
  const { machine } = useParts();
  const { devices, readings } = useStore(machine);
  const [, go] = useLocation();
  useEffect(() => machine.watch({ processes: true }), [machine]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // What somebody is typing is not thrown away by a key that was pressed beside it.
      if (event.key === 'Escape' && !document.querySelector('dialog[open], .inline-form')) go('/devices');
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [go]);
  const device = devices?.find((candidate) => candidate.id === id);
  if (device && devices) return <DeviceView device={device} devices={devices} readings={readings.get(id)} />;
  return (
    <main className="main">
      {devices ? (
        <p className="empty">
          {words.reason({ code: 'device-unknown', values: { device: id, known: devices.map((known) => known.id).join(', ') } })}{' '}
          <Link className="lnk" href="/devices">
            {words.text('device.all')}
          </Link>
        </p>
      ) : (
        <p className="empty">{words.text('devices.reading')}</p>
      )}
    </main>
  );
};
