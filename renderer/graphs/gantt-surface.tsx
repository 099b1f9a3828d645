import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import type { GanttProps, GanttRow } from './gantt-props.ts';
import { barAt, stepBar, type BarPlace, type Step } from './gantt-layout.ts';
import type { PlanTime } from './use-plan-window.ts';

interface GanttSurfaceProps extends GanttProps {
  width: number;
  /** Pixels between a row's bars and its edges. */
  padding: number;
}

const steps: Readonly<Record<string, Step>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

/** A press that moves less than this is a click. */
const clickPixels = 4;
/** As near as this to a narrow bar is on it. */
const slackPixels = 3;

/**
 * What lies over the bars and takes pointer and keys. Arrows go from bar to bar, Enter opens, plus and minus zoom, Shift with an arrow
 * moves the window, 0 follows the present again. Dragging moves, Ctrl with the wheel zooms.
 */
export const GanttSurface = (props: GanttSurfaceProps) => {
  const { label, rows, time, width, padding, describe, tip, onOpen } = props;
  const id = useId();
  const surface = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<BarPlace>();
  const [isFocused, setFocused] = useState(false);
  const pointer = usePointer(props);
  useWheel(surface, time);
  const at = rectOf(rows, cursor, time, width, padding) ? cursor : stepBar(rows, undefined, 'first');
  const rect = rectOf(rows, at, time, width, padding);
  const pointed = pointer.hovered ?? (isFocused ? at : undefined);
  const place = rectOf(rows, pointed, time, width, padding);
  const height = rows.reduce((sum, row) => sum + row.height, 0);

  const press = (event: KeyboardEvent) => {
    setFocused(true);
    const step = steps[event.key];
    if (event.shiftKey && (step === 'left' || step === 'right')) time.onPan(step === 'left' ? -0.1 : 0.1);
    else if (step) {
      const next = cursor && at === cursor ? stepBar(rows, cursor, step) : at;
      setCursor(next);
      const bar = find(rows, next);
      if (bar) time.onReveal({ from: bar.from, to: Math.max(bar.from, bar.to) });
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (at) onOpen(at);
    } else if (event.key === '+' || event.key === '=') time.onZoomAt(centreOf(find(rows, at), time), 0.5);
    else if (event.key === '-') time.onZoomAt(centreOf(find(rows, at), time), 2);
    else if (event.key === '0') time.onWhole();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div
        ref={surface}
        className={`gantt-surface ${pointer.isDragging ? 'dragging' : ''} ${pointer.hovered ? 'on-bar' : ''}`}
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={rect ? `${id}-at` : undefined}
        onKeyDown={press}
        onFocus={(event) => setFocused(event.currentTarget.matches(':focus-visible'))}
        onBlur={() => setFocused(false)}
        {...pointer.handlers}
      >
        {rect && at && (
          <div id={`${id}-at`} className="gantt-at" role="option" aria-selected="true" aria-label={describe(at)} style={rect} />
        )}
      </div>
      {place && pointed && (
        <Tip place={place} width={width} height={height} x={pointer.hovered ? pointer.x : undefined}>
          {tip(pointed)}
        </Tip>
      )}
    </>
  );
};

interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

const find = (rows: readonly GanttRow[], place: BarPlace | undefined) =>
  place && rows.find(({ key }) => key === place.row)?.bars.find(({ key }) => key === place.bar);

/** The moment to zoom around: the bar's beginning if it is in sight. */
const centreOf = (bar: { from: number } | undefined, time: PlanTime): number =>
  bar && bar.from >= time.from && bar.from <= time.to ? bar.from : (time.from + time.to) / 2;

/** Where a bar is on the surface, as far as it is in sight; nothing for one that is no longer there. */
const rectOf = (
  rows: readonly GanttRow[],
  place: BarPlace | undefined,
  time: PlanTime,
  width: number,
  padding: number,
): Rect | undefined => {
  let top = 0;
  for (const row of rows) {
    const bar = row.key === place?.row ? row.bars.find(({ key }) => key === place.bar) : undefined;
    const band = bar?.bands[0];
    if (bar && band) {
      const x = (at: number) => Math.max(0, Math.min(width, ((at - time.from) / (time.to - time.from)) * width));
      const tall = row.height - 2 * padding;
      const left = Math.min(width - 4, x(bar.from));
      return {
        left,
        width: Math.max(4, x(bar.tense === 'present' ? Math.max(bar.to, time.now) : bar.to) - left),
        top: top + padding + (band.top / row.size) * tall,
        height: Math.max(4, (band.size / row.size) * tall),
      };
    }
    top += row.height;
  }
  return undefined;
};

const usePointer = ({ rows, time, width, padding, onOpen }: GanttSurfaceProps) => {
  const [hovered, setHovered] = useState<BarPlace>();
  const [x, setX] = useState(0);
  const [drag, setDrag] = useState<{ startX: number; lastX: number; isMoved: boolean }>();

  const hit = (event: PointerEvent<HTMLDivElement>): BarPlace | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    let y = event.clientY - box.top;
    const perPixel = (time.to - time.from) / Math.max(1, width);
    for (const row of rows) {
      if (y < row.height) {
        const unit = ((y - padding) / Math.max(1, row.height - 2 * padding)) * row.size;
        const bar = barAt(row.bars, time.from + (event.clientX - box.left) * perPixel, unit, slackPixels * perPixel);
        return bar && { row: row.key, bar: bar.key };
      }
      y -= row.height;
    }
    return undefined;
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ startX: event.clientX, lastX: event.clientX, isMoved: false });
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      const box = event.currentTarget.getBoundingClientRect();
      const isMoved = drag !== undefined && (drag.isMoved || Math.abs(event.clientX - drag.startX) >= clickPixels);
      if (drag && isMoved) {
        time.onPan((drag.lastX - event.clientX) / Math.max(1, width));
        setDrag({ ...drag, lastX: event.clientX, isMoved });
        return setHovered(undefined);
      }
      time.onCross(time.from + ((event.clientX - box.left) / Math.max(1, width)) * (time.to - time.from));
      setHovered(hit(event));
      setX(event.clientX - box.left);
    },
    onPointerUp: (event: PointerEvent<HTMLDivElement>) => {
      const found = drag && !drag.isMoved ? hit(event) : undefined;
      setDrag(undefined);
      if (found) onOpen(found);
    },
    onPointerCancel: () => setDrag(undefined),
    onPointerLeave: () => {
      time.onCross(undefined);
      setHovered(undefined);
    },
    onDoubleClick: time.onWhole,
  };
  return { hovered, x, isDragging: drag?.isMoved ?? false, handlers };
};

/** With Ctrl, and by pinching, the wheel zooms around the pointer; sideways it moves the window; else the page scrolls. */
const useWheel = (surface: RefObject<HTMLDivElement | null>, time: PlanTime): void => {
  const latest = useRef(time);
  useLayoutEffect(() => {
    latest.current = time;
  });
  useEffect(() => {
    const node = surface.current;
    if (!node) return;
    const turn = (event: WheelEvent) => {
      const { from, to, onZoomAt, onPan } = latest.current;
      const box = node.getBoundingClientRect();
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      if (event.ctrlKey || event.metaKey)
        onZoomAt(from + ((event.clientX - box.left) / box.width) * (to - from), 2 ** (event.deltaY / 200));
      else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) onPan(sideways / box.width);
      else return;
      event.preventDefault();
    };
    // React listens passively, which would let the page zoom as well.
    node.addEventListener('wheel', turn, { passive: false });
    return () => node.removeEventListener('wheel', turn);
  }, [surface]);
};

const tipWidth = 300;
/** A tip is about as tall as this; above a bar it needs so much room. */
const tipRoom = 150;

interface TipProps {
  place: Rect;
  width: number;
  /** Of all rows together. */
  height: number;
  /** Of the pointer; without one the tip stands at the beginning of the bar. */
  x: number | undefined;
  children: ReactNode;
}

/** Below its bar, or above in the lower half of the chart. */
const Tip = ({ place, width, height, x, children }: TipProps) => {
  const isAbove = place.top > tipRoom && place.top + place.height + tipRoom > height;
  const left = Math.max(0, Math.min(width - tipWidth, x === undefined ? place.left : x + 12));
  const side = isAbove ? { bottom: height - place.top + 6 } : { top: place.top + place.height + 6 };
  return (
    <div className="gantt-tip" aria-hidden="true" style={{ left, width: tipWidth, ...side }}>
      {children}
    </div>
  );
};
