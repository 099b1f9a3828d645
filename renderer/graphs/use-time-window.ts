import { useState } from 'react';
import { stretchBetween, zoomAround, type TimeWindow } from './time-window.ts';

/** What all graphs of a page share: the stretch of time they show and the moment under their one crosshair. */
export interface SharedTime extends TimeWindow {
  cross: number | undefined;
  isZoomed: boolean;
  onCross: (at: number | undefined) => void;
  /** Shows the stretch between two moments. */
  onZoom: (one: number, other: number) => void;
  /** Shows a shorter or longer stretch around the crosshair. */
  onZoomBy: (factor: number) => void;
  /** Follows the present again. */
  onWhole: () => void;
}

/** The last `lengthMs` up to now, or what somebody has zoomed into, which then stands still. */
export const useTimeWindow = (lengthMs: number, now: number): SharedTime => {
  const [cross, setCross] = useState<number>();
  const [zoomed, setZoomed] = useState<TimeWindow>();
  const whole = { from: now - lengthMs, to: now };
  // What has left the whole cannot be shown any more.
  const shown = zoomed && zoomed.to > whole.from ? zoomed : whole;
  const zoomTo = (next: TimeWindow) => setZoomed(next.to - next.from >= lengthMs ? undefined : next);
  return {
    ...shown,
    cross,
    isZoomed: shown !== whole,
    onCross: setCross,
    onZoom: (one, other) => zoomTo(stretchBetween(one, other, whole)),
    onZoomBy: (factor) => zoomTo(zoomAround(cross ?? shown.to, factor, shown, whole)),
    onWhole: () => setZoomed(undefined),
  };
};
