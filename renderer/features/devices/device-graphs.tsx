import { useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { secondMs } from '../../graphs/series.ts';
import { useTimeWindow } from '../../graphs/use-time-window.ts';
import { useParts } from '../../parts.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { useWords } from '../../words.tsx';
import { CoreGraphs } from './core-graphs.tsx';
import { GraphGroup } from './graph-group.tsx';
import type { HistoryState } from './history-store.ts';
import { useLanes } from './lane.ts';
import { useLiveTime } from './live-time.ts';
import { keptQuantities, type Reading } from './reading.ts';

const hourMs = 3_600_000;
const keptRanges = [
  { name: 'hour', lengthMs: hourMs },
  { name: 'day', lengthMs: 24 * hourMs },
  { name: 'month', lengthMs: 30 * 24 * hourMs },
] as const;
type KeptRange = (typeof keptRanges)[number];
const rangeNames = ['live', ...keptRanges.map(({ name }) => name)] as const;
type RangeName = (typeof rangeNames)[number];

interface DeviceGraphsProps {
  device: DeviceState;
  readings: readonly Reading[];
  /** What stands between them and the graphs of single cores, of which there may be many. */
  children: ReactNode;
}

/** What a device measures over the last minutes, live, or over a longer time, all under one crosshair. */
export const DeviceGraphs = ({ device, readings, children }: DeviceGraphsProps) => {
  const words = useWords();
  const [chosen, setChosen] = useState<RangeName>('live');
  const tools = (
    <SegmentedControl
      label={words.text('graph.range')}
      options={rangeNames.map((name) => ({ name, label: words.text(`range.${name}`) }))}
      chosen={chosen}
      onChoose={setChosen}
    />
  );
  const range = keptRanges.find(({ name }) => name === chosen);
  // Keyed, because what is zoomed into belongs to one range of one device.
  const key = `${device.id} ${chosen}`;
  return range ? <Kept key={key} {...{ device, range, tools, children }} /> : <Live key={key} {...{ device, readings, tools, children }} />;
};

const Live = ({ device, readings, tools, children }: DeviceGraphsProps & { tools: ReactNode }) => {
  const words = useWords();
  const lanes = useLanes(device, readings, secondMs);
  const live = useLiveTime();
  return (
    <>
      <GraphGroup title={words.text('devices.measured')} lanes={lanes} {...live} size="large" tools={tools} />
      {readings.length > 0 && lanes.length === 0 && <p className="dim">{words.text('devices.nothingMeasured')}</p>}
      {children}
      <CoreGraphs device={device} readings={readings} live={live} />
    </>
  );
};

interface KeptProps {
  device: DeviceState;
  range: KeptRange;
  tools: ReactNode;
  children: ReactNode;
}

/** Over a longer time: the mean of each stretch, and its highest as a faint line. */
const Kept = ({ device, range, tools, children }: KeptProps) => {
  const { history } = useParts();
  const [store, setStore] = useState<StoreApi<HistoryState>>();
  useEffect(() => {
    const followed = history.follow({ device: device.id, quantities: keptQuantities, lengthMs: range.lengthMs });
    setStore(followed);
    return followed.stop;
  }, [history, device.id, range.lengthMs]);
  return store ? <KeptFrom store={store} {...{ device, range, tools, children }} /> : null;
};

const KeptFrom = ({ store, device, range, tools, children }: KeptProps & { store: StoreApi<HistoryState> }) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const { readings, stepMs, problem } = useStore(store);
  const lanes = useLanes(device, readings ?? none, stepMs);
  const time = useTimeWindow(range.lengthMs, Math.max(readings?.at(-1)?.at ?? 0, now));
  return (
    <>
      <GraphGroup
        title={words.text('devices.measured')}
        window={words.text(`window.${range.name}`)}
        lanes={lanes}
        time={time}
        lengthMs={range.lengthMs}
        size="large"
        tools={tools}
      />
      {problem && <p className="refused">{words.problem(problem)}</p>}
      {readings?.length === 0 && <p className="dim">{words.text('devices.nothingKept')}</p>}
      {children}
    </>
  );
};

/** Always the same, so that nothing is drawn anew for it. */
const none: readonly Reading[] = [];
