import { useState, type ReactNode } from 'react';
import { TimeAxis } from '../../graphs/time-axis.tsx';
import type { Hole } from '../../graphs/series.ts';
import type { SharedTime } from '../../graphs/use-time-window.ts';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import './graph-group.css';
import { Graph } from './graph.tsx';
import type { Lane } from './lane.ts';
import { SampleTable } from './sample-table.tsx';

interface GraphGroupProps {
  title: string;
  /** The stretch of time, as words: last 15 minutes. */
  window: string;
  lanes: readonly Lane[];
  time: SharedTime;
  lengthMs: number;
  /** Rows beside their names, or large figures side by side. */
  size: 'row' | 'large';
  /** What stands in the heading, such as a choice of the stretch of time. */
  tools?: ReactNode;
}

/** Graphs under one crosshair, or the same numbers as a table. */
export const GraphGroup = ({ title, window, lanes, time, lengthMs, size, tools }: GraphGroupProps) => {
  const words = useWords();
  const [isTable, setTable] = useState(false);
  const last = latestHole(lanes);
  return (
    <section className="block">
      <div className="bh">
        <h2>{title}</h2>
        {time.isZoomed ? <ZoomedTo time={time} /> : <span className="n">{window}</span>}
        <span className="grow" />
        {tools}
        <TableButton isTable={isTable} onChange={setTable} />
      </div>
      {isTable && <SampleTable lanes={lanes} lengthMs={lengthMs} />}
      {!isTable && (
        <div className={size === 'row' ? 'graph-rows' : 'graph-figures'}>
          {lanes.map((lane, index) => (
            <Graph key={lane.key} lane={lane} time={time} window={window}>
              {size === 'large' && <TimeAxis time={time} hasKeys={index === 0} />}
            </Graph>
          ))}
          {size === 'row' && <TimeAxis time={time} hasKeys />}
        </div>
      )}
      {!isTable && last && last.to > time.from && last.from < time.to && (
        <p className="note">
          {words.text(last.isOpen ? 'devices.openHole' : 'devices.hole', {
            from: words.clock(last.from, true),
            to: words.clock(last.to, true),
          })}
        </p>
      )}
    </section>
  );
};

const latestHole = (lanes: readonly Lane[]): Hole | undefined =>
  lanes
    .flatMap(({ holes }) => holes.slice(-1))
    .sort((one, other) => one.to - other.to || one.from - other.from)
    .at(-1);

/** What the graphs are zoomed to, and the way back. */
export const ZoomedTo = ({ time }: { time: SharedTime }) => {
  const words = useWords();
  return (
    <>
      <span className="n">{words.text('graph.zoomed', { from: words.clock(time.from, true), to: words.clock(time.to, true) })}</span>
      <button type="button" className="lnk" onClick={time.onWhole}>
        {words.text('graph.whole')}
      </button>
    </>
  );
};

export const TableButton = ({ isTable, onChange }: { isTable: boolean; onChange: (isTable: boolean) => void }) => {
  const label = useWords().text(isTable ? 'devices.asGraph' : 'devices.asTable');
  return (
    <button
      type="button"
      className="btn icon quiet small"
      aria-pressed={isTable}
      aria-label={label}
      title={label}
      onClick={() => onChange(!isTable)}
    >
      <Icon name="table" />
    </button>
  );
};
