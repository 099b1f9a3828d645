import { useRef, useState, type CSSProperties } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { TimeAxis } from '../../graphs/time-axis.tsx';
import { useSize } from '../../ui/use-size.ts';
import { useWords } from '../../words.tsx';
import './device-list.css';
import { DeviceLine, type ListColumn } from './device-line.tsx';
import { TableButton, ZoomedTo } from './graph-group.tsx';
import { useUtilizationLanes } from './lane.ts';
import { layoutList, memoryGraphLines, shareHeight, type ListLayout } from './list-layout.ts';
import { useLiveTime } from './live-time.ts';
import type { Reading } from './reading.ts';
import { SampleTable } from './sample-table.tsx';

interface DeviceListProps {
  devices: readonly DeviceState[];
  readings: ReadonlyMap<string, readonly Reading[]>;
}

/** Every device in a row that is read in two seconds, its shares beneath it, all under one crosshair. */
export const DeviceList = ({ devices, readings }: DeviceListProps) => {
  const words = useWords();
  const [isTable, setTable] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const space = useSize(place);
  const shares = devices.filter(({ parent }) => parent !== undefined).length;
  const layout = layoutList({ ...space, devices: devices.length - shares, shares });
  const { time, lengthMs, window } = useLiveTime();
  const lanes = useUtilizationLanes(devices, readings);
  const columns = columnsOf(devices);
  const working = devices.filter(({ state, parent }) => state === 'ready' && parent === undefined).length;
  return (
    <main className="main p-devices">
      <div className="bh list-head">
        <h2>{words.text('devices.count', { count: devices.length - shares })}</h2>
        <span className="n">{words.text('devices.takeWork', { count: working })}</span>
        {time.isZoomed && <ZoomedTo time={time} />}
        <span className="grow" />
        <TableButton isTable={isTable} onChange={setTable} />
      </div>
      {isTable && <SampleTable lanes={lanes} lengthMs={lengthMs} />}
      <div className="device-list" ref={place} hidden={isTable}>
        <div
          role="table"
          aria-label={words.text('page.devices')}
          style={
            {
              '--row-height': `${layout.rowHeight}px`,
              '--share-height': `${shareHeight}px`,
              '--columns': template(columns, layout.isWide),
            } as CSSProperties
          }
        >
          <div role="row" className="dr head">
            {columns.map((column) => (
              <span key={column} role="columnheader" className={`c-${column}`}>
                {words.text(`list.${column}`)}
                {column === 'utilization' && <i>{window}</i>}
              </span>
            ))}
          </div>
          {devices.map((device) => (
            <DeviceLine
              key={device.id}
              device={device}
              readings={readings.get(device.id)}
              columns={columns}
              layout={layout}
              time={time}
              window={window}
            />
          ))}
        </div>
        <div className="dr axis" style={{ '--columns': template(columns, layout.isWide) } as CSSProperties}>
          {columns.map((column) => (
            <div key={column} className={`c-${column}`}>
              {hasPlot(column, layout) && <TimeAxis time={time} hasKeys={column === 'utilization'} />}
            </div>
          ))}
        </div>
      </div>
    </main>
  );
};

/** Only what some device measures has a column. */
const columnsOf = (devices: readonly DeviceState[]): readonly ListColumn[] => {
  const has = (column: ListColumn): boolean => {
    if (column === 'memory') return devices.some(({ memory }) => memory);
    if (column === 'power') return devices.some((device) => (device.powerW ?? device.sample?.powerW) !== undefined);
    if (column === 'temperature') return devices.some((device) => (device.temperatureC ?? device.sample?.temperatureC) !== undefined);
    return true;
  };
  return (['device', 'utilization', 'memory', 'power', 'temperature', 'jobs'] as const).filter(has);
};

const hasPlot = (column: ListColumn, { isWide, lines }: ListLayout): boolean => {
  if (column === 'memory') return isWide && lines >= memoryGraphLines;
  return column === 'utilization' || (isWide && (column === 'power' || column === 'temperature'));
};

const narrow: Record<ListColumn, string> = {
  device: 'minmax(150px, 210px)',
  utilization: 'minmax(0, 1.3fr)',
  memory: 'minmax(0, 166px)',
  power: '62px',
  temperature: '56px',
  jobs: 'minmax(0, 1fr)',
};
const wide: Record<ListColumn, string> = {
  device: '300px',
  utilization: 'minmax(0, 1.25fr)',
  memory: 'minmax(0, 1.1fr)',
  power: 'minmax(0, 0.8fr)',
  temperature: 'minmax(0, 0.8fr)',
  jobs: 'minmax(0, 0.9fr)',
};

const template = (columns: readonly ListColumn[], isWide: boolean): string =>
  columns.map((column) => (isWide ? wide : narrow)[column]).join(' ');
