import { useMemo } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useWords } from '../../words.tsx';
import { coreLanesOf } from './core-lanes.ts';
import { Graph } from './graph.tsx';
import type { LiveTime } from './live-time.ts';
import type { Reading } from './reading.ts';

interface CoreGraphsProps {
  device: DeviceState;
  readings: readonly Reading[];
  live: LiveTime;
}

/** A small graph for each core, over the same time and under the same crosshair as those of the whole processor. */
export const CoreGraphs = ({ device, readings, live: { time, window } }: CoreGraphsProps) => {
  const words = useWords();
  const lanes = useMemo(() => coreLanesOf(device, readings, words), [device, readings, words]);
  if (lanes.length === 0) return null;
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('devices.perCore')}</h2>
        <span className="n">{window}</span>
      </div>
      <div className="core-graphs">
        {lanes.map((lane) => (
          <Graph key={lane.key} lane={lane} time={time} window={window} />
        ))}
      </div>
    </section>
  );
};
