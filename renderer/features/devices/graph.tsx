import type { ReactNode } from 'react';
import { sampleAt } from '../../graphs/series.ts';
import { TimeGraph } from '../../graphs/time-graph.tsx';
import type { SharedTime } from '../../graphs/use-time-window.ts';
import { useWords } from '../../words.tsx';
import { sayReading } from './charts.ts';
import type { Lane } from './lane.ts';

interface GraphProps {
  lane: Lane;
  time: SharedTime;
  /** The stretch of time, as words. */
  window: string;
  children?: ReactNode;
}

/** A graph with its name, its scale and the last value, large and still. */
export const Graph = ({ lane, time, window, children }: GraphProps) => {
  const { title, chart, readings } = lane;
  const newest = readings.at(-1);
  const last = newest && chart.pick(newest);
  const said = last === undefined ? undefined : chart.say(last);
  const top = chart.say(chart.max);
  return (
    <figure className="graph">
      <figcaption>{title}</figcaption>
      <Plot lane={lane} time={time} window={window} />
      <div className="y" aria-hidden="true">
        <span>
          {top.value} {top.unit}
        </span>
        <span>0</span>
      </div>
      <output>
        {said ? said.value : '–'} <small>{said?.unit}</small>
      </output>
      {children}
    </figure>
  );
};

/** Only the line, with what the crosshair reads. */
export const Plot = ({ lane, time, window, name }: { lane: Lane; time: SharedTime; window: string; name?: string }) => {
  const words = useWords();
  const { chart, readings, stepMs, holes } = lane;
  const { cross } = time;
  return (
    <TimeGraph
      label={words.text('devices.graph', { what: name ?? lane.title, window })}
      series={chart.series}
      styles={chart.styles}
      holes={holes}
      time={time}
      max={chart.max}
      cross={cross === undefined ? undefined : { at: cross, ...sayReading(chart, sampleAt(readings, cross, stepMs), words) }}
      {...(chart.limit ? { limit: chart.limit } : {})}
    />
  );
};
