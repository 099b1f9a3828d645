import type { DeviceState } from '../../../shared/contract/devices.ts';
import { secondMs, seriesOf } from '../../graphs/series.ts';
import type { LineStyle } from '../../graphs/time-graph.tsx';
import type { Words } from '../../words.tsx';
import type { Lane } from './lane.ts';
import type { Reading } from './reading.ts';

/** With more cores than this a graph of each says less than the cells beside them. */
const mostCores = 64;

/** Always the same list: a graph is made anew when its styles are others. */
const styles: readonly LineStyle[] = [{ stroke: 'load-2', fill: 'load-fill', isBanded: true }];

/** How busy each core of a processor is over time; nothing of one core, which the whole says already. */
export const coreLanesOf = ({ sample }: DeviceState, readings: readonly Reading[], words: Words): readonly Lane[] => {
  const count = sample?.corePercents?.length ?? 0;
  if (count < 2 || count > mostCores) return [];
  return Array.from({ length: count }, (_, core) => {
    const pick = ({ corePercents }: Reading) => corePercents?.[core];
    return {
      key: `core ${core}`,
      title: words.text('device.core', { core }),
      chart: {
        name: 'utilization',
        series: seriesOf(readings, [pick]),
        styles,
        max: 100,
        pick,
        pickMost: () => undefined,
        say: (percent) => ({ value: words.number(percent), unit: '%' }),
      },
      readings,
      // Those of the graphs above, which say so.
      holes: [],
      stepMs: secondMs,
    };
  });
};
