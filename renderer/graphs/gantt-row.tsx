import { memo, useLayoutEffect, useRef } from 'react';
import { createColours } from './colours.ts';
import { createInk, paintRow, type Ink, type PaintedRow, type Scene } from './gantt-paint.ts';
import { useThemeChange } from './use-theme-change.ts';

interface GanttTrackProps extends Omit<Scene, 'width' | 'height'> {
  row: PaintedRow;
  width: number;
  height: number;
}

/** The bars of one row on a canvas: as many as there are cost no more of the page than a few. */
export const GanttTrack = memo(({ row, width, height, ...view }: GanttTrackProps) => {
  const place = useRef<HTMLCanvasElement>(null);
  const theme = useThemeChange();
  const ink = useRef<{ theme: number; ratio: number; ink: Ink }>(undefined);
  const { from, to, now, ticks, marked } = view;
  useLayoutEffect(() => {
    const canvas = place.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || width === 0) return;
    const ratio = devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    // Reading colours costs more than drawing with them: they are read again only for another theme or screen.
    if (ink.current?.theme !== theme || ink.current.ratio !== ratio) {
      const { fontFamily } = getComputedStyle(canvas);
      ink.current = { theme, ratio, ink: createInk(context, createColours(canvas), `11px ${fontFamily}`, ratio) };
    }
    paintRow(context, row, { from, to, now, width, height, ticks, marked }, ink.current.ink);
  }, [row, from, to, now, ticks, marked, width, height, theme]);
  return <canvas ref={place} style={{ width, height }} aria-hidden="true" />;
});
