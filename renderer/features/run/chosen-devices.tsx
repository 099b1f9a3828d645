import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useWords } from '../../words.tsx';
import { deviceTitle, shareText } from '../devices/device-words.ts';
import { memoryShares } from '../devices/memory-shares.ts';

interface ChosenDevicesProps {
  label: string;
  /** Whether the label is seen, too. */
  isLabelled?: boolean;
  /** What it means when none is chosen. */
  ofNone?: string;
  devices: readonly DeviceState[];
  /** Those that may be chosen. */
  offered: readonly DeviceState[];
  /** Ids, parted by commas. */
  chosen: string;
  onChange: (chosen: string) => void;
}

/** Some of the devices of this machine. */
export const ChosenDevices = ({ label, isLabelled = true, ofNone, devices, offered, chosen: text, onChange }: ChosenDevicesProps) => {
  const words = useWords();
  const chosen = new Set(text.split(/[\s,]+/).filter(Boolean));
  // What a job was sent to before may have gone; it stays to be seen and taken away.
  const gone = [...chosen].filter((id) => !devices.some((device) => device.id === id));
  if (offered.length === 0 && gone.length === 0) return null;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange([...next].join(', '));
  };
  return (
    <div className="field wide" role="group" aria-label={label}>
      {isLabelled && (
        <span>
          {label} {chosen.size === 0 && ofNone && <span className="dim">({ofNone})</span>}
        </span>
      )}
      {offered.map((device) => (
        <label key={device.id} className="only-on">
          <input type="checkbox" checked={chosen.has(device.id)} onChange={() => toggle(device.id)} />
          <span>{deviceTitle(device, words)}</span>
          <span className="dim">{leftOf(device, words)}</span>
        </label>
      ))}
      {gone.map((id) => (
        <label key={id} className="only-on">
          <input type="checkbox" checked onChange={() => toggle(id)} />
          <span>{id}</span>
        </label>
      ))}
    </div>
  );
};

const leftOf = (device: DeviceState, words: ReturnType<typeof useWords>): string => {
  if (device.state !== 'ready') return words.text(`deviceState.${device.state}`);
  if (device.parent !== undefined) return shareText(device, words);
  const shares = memoryShares(device);
  return shares ? words.text('memory.freeOf', { free: shares.freeBytes }) : device.name;
};
