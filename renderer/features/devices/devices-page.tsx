import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { DeviceList } from './device-list.tsx';
import { DeviceView } from './device-view.tsx';

/** What the machine has, how busy it is and what runs there. A machine with one device shows all of it at once. */
export const DevicesPage = () => {
  const words = useWords();
  const { machine } = useParts();
  const { devices, readings } = useStore(machine);
  useEffect(() => machine.watch(), [machine]);
  if (!devices) {
    return (
      <main className="main">
        <p className="empty">{words.text('devices.reading')}</p>
      </main>
    );
  }
  const [only] = devices;
  if (devices.length === 1 && only) return <DeviceView device={only} devices={devices} readings={readings.get(only.id)} />;
  return <DeviceList devices={devices} readings={readings} />;
};
