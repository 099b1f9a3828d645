import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useWords } from '../../words.tsx';
import { deviceTitle } from '../devices/device-words.ts';
import { GraphGroup } from '../devices/graph-group.tsx';
import { useLanes, useUtilizationLanes, type Lane } from '../devices/lane.ts';
import { useLiveTime } from '../devices/live-time.ts';
import type { Reading } from '../devices/reading.ts';

interface UtilizationProps {
  devices: readonly DeviceState[];
  readings: ReadonlyMap<string, readonly Reading[]>;
}

/** How busy each device is; a processor alone shows its memory, clock and heat too. */
export const Utilization = ({ devices, readings }: UtilizationProps) => {
  const words = useWords();
  const [first] = devices;
  const whole = devices.filter(({ parent }) => parent === undefined);
  const isAlone = whole.length === 1;
  const every = useUtilizationLanes(whole, readings);
  const own = useLanes(first, first && readings.get(first.id));
  const live = useLiveTime();
  const lanes = isAlone && first ? own.filter(isShown).map((lane) => named(lane, deviceTitle(first, words))) : every;
  return <GraphGroup title={words.text('overview.utilization')} lanes={lanes} {...live} size="row" />;
};

const isShown = ({ chart: { name } }: Lane): boolean =>
  name === 'utilization' || name === 'memory' || name === 'frequency' || name === 'temperature';

const named = (lane: Lane, title: string): Lane => (lane.chart.name === 'utilization' ? { ...lane, title } : lane);
