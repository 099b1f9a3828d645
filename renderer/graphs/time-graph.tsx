import { useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useSize } from '../ui/use-size.ts';
import './graphs.css';
import { createColours, type Colours } from './colours.ts';
import type { Hole, Series } from './series.ts';
import { useThemeChange } from './use-theme-change.ts';
import type { SharedTime } from './use-time-window.ts';

/** A filled line; colours are names of tokens. */
export interface LineStyle {
  stroke: string;
  fill?: string;
  /** The stroke follows the load bands of a percentage. */
  isBanded?: boolean;
}

export interface TimeGraphProps {
  label: string;
  series: Series;
  styles: readonly LineStyle[];
  holes: readonly Hole[];
  /** The window that is shown, the same on every graph of the page. */
  time: SharedTime;
  /** Top of the scale; the bottom is zero. */
  max: number;
  /** A dashed line with its meaning, such as memory kept free. */
  limit?: { value: number; label: string };
  /** The moment under the one crosshair of the page, and its value as text. */
  cross: { at: number; value: number | undefined; text: string } | undefined;
}

/** A line through time, drawn once for each sample, without animation. Dragging zooms in, a double click shows all again. */
export const TimeGraph = (props: TimeGraphProps) => {
  const { label, time, max, limit, cross, holes } = props;
  const { from, to } = time;
  const place = useRef<HTMLDivElement>(null);
  const size = useSize(place);
  usePlot(place, size.width, size.height, props);
  const { dragged, handlers } = useDrag(time);

  const left = (at: number) => `${((at - from) / (to - from)) * 100}%`;
  const bottom = (value: number) => `${Math.min(1, value / max) * 100}%`;
  return (
    <div className="plot" role="img" aria-label={label} {...handlers}>
      <div className="plot-canvas" ref={place} />
      {holes
        .filter((hole) => hole.to > from && hole.from < to)
        .map((hole) => (
          <i
            key={hole.from}
            className="hole"
            style={{ left: left(Math.max(from, hole.from)), right: `calc(100% - ${left(Math.min(to, hole.to))})` }}
          />
        ))}
      {limit && limit.value < max && (
        <i className="limit" style={{ bottom: bottom(limit.value) }}>
          <em>{limit.label}</em>
        </i>
      )}
      {dragged && <i className="dragged" style={{ left: left(dragged.from), right: `calc(100% - ${left(dragged.to)})` }} />}
      {cross && cross.at >= from && cross.at <= to && (
        <>
          <i className="cross" style={{ left: left(cross.at) }} />
          {cross.value !== undefined && <i className="at" style={{ left: left(cross.at), bottom: bottom(cross.value) }} />}
          <em className={`atv ${cross.at > from + (to - from) * 0.75 ? 'flip' : ''}`} style={{ left: left(cross.at) }}>
            {cross.text}
          </em>
        </>
      )}
    </div>
  );
};

/** A press that moves less than this is a click. */
const clickPixels = 4;

/** Moving shows the crosshair, dragging chooses a stretch of time. */
const useDrag = (time: SharedTime) => {
  const [drag, setDrag] = useState<{ startX: number; start: number; end: number | undefined }>();
  const momentAt = (event: PointerEvent<HTMLDivElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return time.from + share * (time.to - time.from);
  };
  const dragged = drag?.end === undefined ? undefined : { from: Math.min(drag.start, drag.end), to: Math.max(drag.start, drag.end) };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ startX: event.clientX, start: momentAt(event), end: undefined });
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      const at = momentAt(event);
      time.onCross(at);
      if (drag && (drag.end !== undefined || Math.abs(event.clientX - drag.startX) >= clickPixels)) setDrag({ ...drag, end: at });
    },
    onPointerUp: () => {
      if (dragged) time.onZoom(dragged.from, dragged.to);
      setDrag(undefined);
    },
    onPointerCancel: () => setDrag(undefined),
    onPointerLeave: () => time.onCross(undefined),
    onDoubleClick: time.onWhole,
  };
  return { dragged, handlers };
};

const usePlot = (
  place: RefObject<HTMLDivElement | null>,
  width: number,
  height: number,
  { series, styles, time: { from, to }, max }: TimeGraphProps,
): void => {
  const plot = useRef<uPlot>(undefined);
  const theme = useThemeChange();
  useLayoutEffect(() => {
    const node = place.current;
    if (!node || width === 0 || height === 0) return;
    const colours = createColours(node);
    const made = new uPlot(optionsFor(width, height, styles, colours), [[], ...styles.map(() => [])], node);
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.destroy();
    };
    // A new theme needs new colours.
  }, [place, width, height, styles, theme]);

  useLayoutEffect(() => {
    const made = plot.current;
    if (!made) return;
    made.batch(() => {
      made.setData([series.times, ...series.lines], false);
      made.setScale('x', { min: from / 1000, max: to / 1000 });
      made.setScale('y', { min: 0, max });
    });
  }, [series, from, to, max, width, height, styles, theme]);
};

const optionsFor = (width: number, height: number, styles: readonly LineStyle[], colours: Colours): uPlot.Options => ({
  width,
  height,
  // Half a line, so that zero is seen as well as the top: it is not the same as nothing.
  padding: [1, 0, 1, 0],
  legend: { show: false },
  cursor: { show: false },
  scales: { x: { time: false, auto: false }, y: { auto: false } },
  axes: [{ show: false }, { show: false }],
  series: [
    {},
    ...styles.map((style) => ({
      width: 1.25,
      spanGaps: false,
      points: { show: false },
      stroke: style.isBanded ? (made: uPlot) => bandedStroke(made, colours) : colours(style.stroke),
      ...(style.fill ? { fill: colours(style.fill) } : {}),
    })),
  ],
});

/** One hue from faint to strong; the tone changes at 60 and 85 percent. */
const bandedStroke = (plot: uPlot, colours: Colours): CanvasGradient => {
  const at = (percent: number) => plot.valToPos(percent, 'y', true);
  const bottom = plot.bbox.top + plot.bbox.height;
  const gradient = plot.ctx.createLinearGradient(0, bottom, 0, plot.bbox.top);
  const share = (percent: number) => Math.min(1, Math.max(0, (bottom - at(percent)) / plot.bbox.height));
  gradient.addColorStop(0, colours('load-1'));
  gradient.addColorStop(share(60), colours('load-1'));
  gradient.addColorStop(share(60), colours('load-2'));
  gradient.addColorStop(share(85), colours('load-2'));
  gradient.addColorStop(share(85), colours('load-3'));
  gradient.addColorStop(1, colours('load-3'));
  return gradient;
};
