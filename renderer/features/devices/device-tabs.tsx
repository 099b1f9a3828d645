import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { LoadMark } from '../../graphs/load-mark.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { deviceIcon, deviceTitle } from './device-words.ts';

/** All devices in one line, to go from one to the next. */
export const DeviceTabs = ({ devices, chosen }: { devices: readonly DeviceState[]; chosen: string }) => {
  const words = useWords();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // Its promise, where a browser gives one, is not how an effect is undone.
    place.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  return (
    <nav className="device-tabs" ref={place} aria-label={words.text('page.devices')}>
      <Link href="/devices" title={`${words.text('device.all')}  Esc`}>
        <Icon name="undo" />
        {words.text('device.all')}
      </Link>
      {devices.map((device) => (
        <Link
          key={device.id}
          href={`/devices/${device.id}`}
          className={device.parent === undefined ? '' : 'share'}
          title={device.name}
          {...(device.id === chosen ? { 'aria-current': 'page' as const } : {})}
        >
          {device.parent === undefined && <Icon name={deviceIcon(device)} />}
          <b>{deviceTitle(device, words)}</b>
          <Busy device={device} />
        </Link>
      ))}
    </nav>
  );
};

const Busy = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  if (device.state !== 'ready') {
    return <StateMark mark={device.state === 'drained' ? 'held' : 'failed'} title={words.text(`deviceState.${device.state}`)} />;
  }
  const percent = device.utilization ?? device.sample?.cpuPercent;
  if (percent === undefined) return null;
  return (
    <>
      <em>{words.text('percent', { value: Math.round(percent) })}</em>
      <LoadMark percent={percent} />
    </>
  );
};
