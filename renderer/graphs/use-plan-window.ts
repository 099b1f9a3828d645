import { useState } from 'react';
import { panBy, reveal, windowAround, wholeOf, zoomAt } from './plan-window.ts';
import type { TimeWindow } from './time-window.ts';
import type { SharedTime } from './use-time-window.ts';

/** A stretch of time with the present inside, which can be moved as well. */
export interface PlanTime extends SharedTime {
  now: number;
  /** Moves by a part of what is shown; below zero into the past. */
  onPan: (part: number) => void;
  /** Zooms around a moment. */
  onZoomAt: (at: number, factor: number) => void;
  /** Brings a stretch into sight. */
  onReveal: (stretch: TimeWindow) => void;
}

/** The window around the present, or what somebody has zoomed or moved to, which then stands still. */
export const usePlanWindow = (lengthMs: number, now: number, extent: TimeWindow): PlanTime => {
  const [cross, setCross] = useState<number>();
  const [fixed, setFixed] = useState<TimeWindow>();
  const live = windowAround(now, lengthMs);
  const whole = wholeOf(live, extent.from, extent.to);
  const shown = fixed ?? live;
  // From what is shown then: several turns of a wheel come before the page is drawn again.
  const show = (next: (before: TimeWindow) => TimeWindow) =>
    setFixed((before) => {
      const from = before ?? live;
      const to = next(from);
      return to.from === from.from && to.to === from.to ? before : to;
    });
  return {
    ...shown,
    now,
    cross,
    isZoomed: fixed !== undefined,
    onCross: setCross,
    onZoom: (one, other) => show(() => ({ from: Math.min(one, other), to: Math.max(one, other) })),
    onZoomBy: (factor) => show((before) => zoomAt(cross ?? now, factor, before, whole)),
    onZoomAt: (at, factor) => show((before) => zoomAt(at, factor, before, whole)),
    onPan: (part) => show((before) => panBy(part * (before.to - before.from), before, whole)),
    onReveal: (stretch) => show((before) => reveal(stretch, before, whole)),
    onWhole: () => setFixed(undefined),
  };
};
