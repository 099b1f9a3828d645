import type { DeviceState } from '../../../shared/contract/devices.ts';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { CoresBlock } from './cores-block.tsx';
import './devices.css';
import { DeviceFacts } from './device-facts.tsx';
import { DeviceGraphs } from './device-graphs.tsx';
import { DeviceMemory } from './device-memory.tsx';
import { DeviceTabs } from './device-tabs.tsx';
import { deviceIcon, deviceTitle, whyNot } from './device-words.ts';
import { DiskView } from './disk-view.tsx';
import { DrainControl } from './drain-control.tsx';
import { MeasureControl } from './measure-control.tsx';
import { ProcessTable } from './process-table.tsx';
import type { Reading } from './reading.ts';
import { RunsHere } from './runs-here.tsx';
import { SharesBlock } from './shares-block.tsx';

interface DeviceViewProps {
  device: DeviceState;
  /** All of them, for the way to the others. */
  devices: readonly DeviceState[];
  readings: readonly Reading[] | undefined;
}

/** Everything about one device, and what can be done with it. */
export const DeviceView = ({ device, devices, readings }: DeviceViewProps) => (
  <main className="main p-device">
    {devices.length > 1 && <DeviceTabs devices={devices} chosen={device.id} />}
    <DeviceHead device={device} />
    <div className="dcols">
      <div className="col">
        <DeviceGraphs device={device} readings={readings ?? []}>
          <div className="device-tables">
            <RunsHere device={device} />
            {device.kind !== 'cpu' && <ProcessTable device={device} />}
          </div>
        </DeviceGraphs>
      </div>
      <div className="col side">
        {device.sample && <CoresBlock device={device} devices={devices} />}
        <DeviceMemory device={device} />
        <SharesBlock device={device} devices={devices} />
        <DiskView device={device} />
        <DeviceFacts device={device} />
      </div>
    </div>
  </main>
);

const DeviceHead = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const why = whyNot(device, words);
  const facts = [
    device.driver && words.text('device.driver', { driver: device.driver }),
    device.runtime,
    device.pci,
    device.parent !== undefined && words.text('device.shareOf', { device: device.parent }),
  ].filter(Boolean);
  return (
    <header className="device-head">
      <div className="dh">
        <Icon name={deviceIcon(device)} />
        <h2>
          {deviceTitle(device, words)} <span>{device.name}</span>
        </h2>
        {device.state !== 'unhealthy' && <MeasureControl key={`measure ${device.id}`} device={device} />}
        <DrainControl key={device.id} device={device} />
      </div>
      {facts.length > 0 && <p className="device-sub">{facts.join('   ')}</p>}
      {why !== undefined && (
        <p className={`device-why ${device.state}`} role="status">
          <StateMark mark={device.state === 'drained' ? 'held' : 'failed'} title={words.text(`deviceState.${device.state}`)} /> {why}
        </p>
      )}
      {device.throttled && device.throttled.length > 0 && (
        <p className="device-why">{words.text('device.throttled', { why: device.throttled.join(', ') })}</p>
      )}
      {device.advice?.map((advice) => (
        <p key={advice} className="device-why">
          <b>{words.text('device.advice')}</b> {words.text(`advice.${advice}`)}
        </p>
      ))}
    </header>
  );
};
