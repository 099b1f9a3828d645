import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { CoreBars } from '../../graphs/core-bars.tsx';
import { LoadMark } from '../../graphs/load-mark.tsx';
import type { SharedTime } from '../../graphs/use-time-window.ts';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { deviceIcon, deviceTitle, shareText, vitalsOf } from './device-words.ts';
import { useLanes, type Lane } from './lane.ts';
import type { ListLayout } from './list-layout.ts';
import { MemoryCell } from './memory-cell.tsx';
import { Plot } from './graph.tsx';
import type { Reading } from './reading.ts';
import { UsersCell } from './users-cell.tsx';

export type ListColumn = 'device' | 'utilization' | 'memory' | 'power' | 'temperature' | 'jobs';

interface DeviceLineProps {
  device: DeviceState;
  readings: readonly Reading[] | undefined;
  columns: readonly ListColumn[];
  layout: ListLayout;
  time: SharedTime;
  window: string;
}

/** One device: what it is, how busy, how much memory is left, how hot, whose jobs. */
export const DeviceLine = ({ device, readings, columns, layout, time, window }: DeviceLineProps) => {
  const words = useWords();
  const lanes = useLanes(device, readings);
  const isShare = device.parent !== undefined;
  const lines = isShare ? 1 : layout.lines;
  const meter = (name: Lane['chart']['name'], isDrawn: boolean, more?: ReactNode) => {
    const lane = lanes.find(({ chart }) => chart.name === name);
    return <Meter name={name} lane={lane} device={device} isDrawn={isDrawn && !isShare} time={time} window={window} more={more} />;
  };
  const corePercents = lines >= 5 ? device.sample?.corePercents : undefined;
  const cells: Record<ListColumn, () => ReactNode> = {
    device: () => <NameCell device={device} lines={lines} />,
    utilization: () =>
      meter(
        'utilization',
        true,
        corePercents && corePercents.length <= 96 && <CoreBars percents={corePercents} label={words.text('devices.perCore')} />,
      ),
    memory: () => (
      <MemoryCell device={device} lines={lines}>
        {layout.isWide && meter('memory', true)}
      </MemoryCell>
    ),
    power: () => meter('power', layout.isWide),
    temperature: () => meter('temperature', layout.isWide),
    jobs: () => <UsersCell device={device} lines={lines} />,
  };
  return (
    <div role="row" className={`dr ${isShare ? 'share' : ''} ${device.state}`}>
      {columns.map((column) => (
        <div key={column} role="cell" className={`c-${column}`}>
          {cells[column]()}
        </div>
      ))}
    </div>
  );
};

const NameCell = ({ device, lines }: { device: DeviceState; lines: number }) => {
  const words = useWords();
  const isShare = device.parent !== undefined;
  const vitals = vitalsOf(device, words).slice(0, Math.max(0, lines - 2));
  return (
    <>
      <h3>
        {!isShare && <Icon name={deviceIcon(device)} />}
        <Link href={`/devices/${device.id}`}>{deviceTitle(device, words)}</Link>
        {isShare && <span>{shareText(device, words)}</span>}
      </h3>
      {!isShare && <p title={device.name}>{device.name}</p>}
      {vitals.map((vital) => (
        <p key={vital}>{vital}</p>
      ))}
    </>
  );
};

interface MeterProps {
  name: Lane['chart']['name'];
  lane: Lane | undefined;
  device: DeviceState;
  isDrawn: boolean;
  time: SharedTime;
  window: string;
  more?: ReactNode;
}

/** The last value, and its line where there is room for one. */
const Meter = ({ name, lane, device, isDrawn, time, window, more }: MeterProps) => {
  const words = useWords();
  if (!lane) return device.parent === undefined ? <NotMeasured name={name} /> : null;
  const newest = lane.readings.at(-1);
  const last = newest && lane.chart.pick(newest);
  const said = last === undefined ? undefined : lane.chart.say(last);
  const isLoad = lane.chart.name === 'utilization';
  return (
    <div className="meter">
      <p className="meter-value">
        <b>{said?.value ?? '–'}</b> {said?.unit} {isLoad && last !== undefined && <LoadMark percent={last} />}
      </p>
      {isDrawn && (
        <div className="meter-plots">
          <Plot lane={lane} time={time} window={window} name={`${deviceTitle(device, words)}, ${lane.title}`} />
          {more}
        </div>
      )}
    </div>
  );
};

/** In words once in a row; the other columns follow from it. */
const NotMeasured = ({ name }: { name: Lane['chart']['name'] }) => {
  const words = useWords();
  return <p className={`not-measured ${name}`}>{name === 'utilization' ? words.text('devices.notMeasured') : '–'}</p>;
};
