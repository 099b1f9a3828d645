import { useMemo, useRef } from 'react';
import { useSize } from '../ui/use-size.ts';
import './gantt.css';
import { rowPadding, type PlacedBar } from './gantt-layout.ts';
import type { GanttProps } from './gantt-props.ts';
import { GanttTrack } from './gantt-row.tsx';
import { GanttSurface } from './gantt-surface.tsx';
import { TimeAxis } from './time-axis.tsx';
import { ticksOf } from './time-window.ts';

/** Pixels between a row's bars and its edges. */
const padding = rowPadding / 2;

/** Bars along a time line, a row for each device; what is under the pointer or the keyboard says what it is, and opens. */
export const Gantt = (props: GanttProps) => {
  const { rows, time, marked } = props;
  const tracks = useRef<HTMLDivElement>(null);
  const { width } = useSize(tracks);
  const { ticks } = ticksOf(time, width);
  // The same list as long as it says the same, so that rows are not painted again.
  const lines = useMemo(() => ticks, [ticks.join(' ')]); // eslint-disable-line
  const left = (at: number) => `${((at - time.from) / (time.to - time.from)) * 100}%`;
  const right = (at: number) => `${((time.to - at) / (time.to - time.from)) * 100}%`;
  const isSeen = (at: number | undefined): at is number => at !== undefined && at >= time.from && at <= time.to;
  return (
    <div className="gantt">
      <div className="gantt-axis">
        <TimeAxis time={time} hasKeys nowAt={time.now} />
      </div>
      <div className="gantt-body">
        {rows.map(({ key, title, bars, size, height, note, spans = [] }) => (
          <div key={key} className="gantt-row" style={{ height }}>
            <div className="gantt-name">{title}</div>
            <div className="gantt-track">
              {spans
                .filter(({ from, to }) => from < time.to && to > time.from)
                .map(({ key: of, from, to, label, colour }) => (
                  <span
                    key={of}
                    className={`gantt-span ${colour}`}
                    style={{ left: left(Math.max(from, time.from)), right: right(Math.min(to, time.to)) }}
                  >
                    {label}
                  </span>
                ))}
              <GanttTrack
                row={rowOf(bars, size)}
                width={width}
                height={height - 2 * padding}
                from={time.from}
                to={time.to}
                now={time.now}
                ticks={lines}
                marked={marked}
              />
              {note && <div className="gantt-note">{note}</div>}
            </div>
          </div>
        ))}
        <div className="gantt-over" ref={tracks}>
          {isSeen(time.now) && <i className="gantt-now" style={{ left: left(time.now) }} />}
          {isSeen(time.cross) && <i className="gantt-cross" style={{ left: left(time.cross) }} />}
          <GanttSurface {...props} width={width} padding={padding} />
        </div>
      </div>
    </div>
  );
};

const rowsOf = new WeakMap<readonly PlacedBar[], { bars: readonly PlacedBar[]; size: number }>();

/** The same object for the same bars. */
const rowOf = (bars: readonly PlacedBar[], size: number) => {
  const known = rowsOf.get(bars);
  if (known?.size === size) return known;
  const made = { bars, size };
  rowsOf.set(bars, made);
  return made;
};
