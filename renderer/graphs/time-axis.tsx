import { useRef, type KeyboardEvent } from 'react';
import { useSize } from '../ui/use-size.ts';
import { useWords } from '../words.tsx';
import { isInside, isTooNear, labelAt, ticksOf } from './time-window.ts';
import type { SharedTime } from './use-time-window.ts';

interface TimeAxisProps {
  time: SharedTime;
  /** One axis of a page moves the crosshair with the keyboard. */
  hasKeys?: boolean;
  /** Says when now is, on an axis that goes on into the future; without it now is at the right edge. */
  nowAt?: number;
}

const dayMs = 86_400_000;

/** Times under the graphs of a page, now at the right edge. A tick that would touch another label, or says the same, is left out. */
export const TimeAxis = ({ time, hasKeys, nowAt }: TimeAxisProps) => {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const { width } = useSize(place);
  const { from, to, cross, isZoomed } = time;
  const { ticks, stepMs } = ticksOf(time, width);
  const isLong = to - from > dayMs;
  const said = (at: number) => (stepMs >= dayMs ? words.day(at) : words.clock(at, stepMs < 60_000));
  const share = (at: number) => (at - from) / (to - from);
  const label = (at: number, text: string) => labelAt(share(at) * width, text, width);
  const crossText = cross === undefined ? undefined : isLong ? words.moment(cross, to) : words.clock(cross, true);
  const crossLabel = cross === undefined ? undefined : label(cross, crossText ?? '');
  const isNowSeen = nowAt === undefined || (nowAt >= from && nowAt <= to);
  const now =
    nowAt === undefined
      ? label(to, isZoomed && stepMs < dayMs ? words.clock(to, true) : said(to))
      : label(nowAt, words.text('graph.now', { at: words.clock(nowAt) }));
  const isNowHidden = !isNowSeen || (crossLabel !== undefined && isTooNear(now, crossLabel));
  const taken = [crossLabel, isNowHidden ? undefined : now].filter((other) => other !== undefined);
  return (
    <div className="time-axis-row" ref={place} {...(hasKeys ? keysOf(time, words.text('graph.crosshair'), crossText) : {})}>
      {width > 0 && (
        <>
          {ticks
            .map((at) => ({ at, middle: share(at) * width, text: said(at) }))
            .filter((tick) => tick.text !== now.text && isInside(tick, width) && taken.every((other) => !isTooNear(tick, other)))
            .map(({ at, middle, text }) => (
              <span key={at} style={{ left: middle }}>
                {text}
              </span>
            ))}
          {!isNowHidden &&
            (nowAt === undefined ? <span style={{ left: now.middle }}>{now.text}</span> : <b style={{ left: now.middle }}>{now.text}</b>)}
          {crossLabel && <b style={{ left: crossLabel.middle }}>{crossLabel.text}</b>}
        </>
      )}
    </div>
  );
};

/** Arrows move the crosshair by a hundredth of the window, with Shift by a tenth; plus and minus zoom around it, 0 shows all. */
const keysOf = (time: SharedTime, label: string, text: string | undefined) => {
  const { from, to, cross } = time;
  const step = (share: number) => time.onCross(Math.min(to, Math.max(from, (cross ?? to) + share * (to - from))));
  const press = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 0.1 : 0.01;
    if (event.key === 'ArrowLeft') step(-by);
    else if (event.key === 'ArrowRight') step(by);
    else if (event.key === '+' || event.key === '=') time.onZoomBy(0.5);
    else if (event.key === '-') time.onZoomBy(2);
    else if (event.key === '0') time.onWhole();
    else if (event.key === 'Escape' && cross !== undefined) time.onCross(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    role: 'slider',
    tabIndex: 0,
    'aria-label': label,
    'aria-valuemin': Math.round(from),
    'aria-valuemax': Math.round(to),
    'aria-valuenow': Math.round(cross ?? to),
    'aria-valuetext': text ?? label,
    onKeyDown: press,
  };
};
