import type { Corners } from './rectangle.ts';

/**
 * Rows from top to bottom, each from left to right, seen along the direction in which most of the text runs, so that a turned page
 * reads as an upright one. Two lines share a row when the middle of one lies within the half of the other's height.
 */
export const inReadingOrder = <Line extends { readonly corners: Corners }>(lines: readonly Line[]): Line[][] => {
  const angle = commonAngle(lines.map(({ corners }) => corners));
  const placed = lines.map((line) => ({ line, ...placeAlong(line.corners, angle) })).sort((a, b) => a.middle - b.middle);
  const rows: (typeof placed)[] = [];
  for (const item of placed) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row !== undefined && first !== undefined && item.middle - first.middle < Math.min(item.height, first.height) / 2) row.push(item);
    else rows.push([item]);
  }
  return rows.map((row) => row.sort((a, b) => a.left - b.left).map(({ line }) => line));
};

/** Long lines tell the direction better than short ones, so each counts by its length. */
const commonAngle = (all: readonly Corners[]): number => {
  const x = all.reduce((sum, [topLeft, topRight]) => sum + topRight[0] - topLeft[0], 0);
  const y = all.reduce((sum, [topLeft, topRight]) => sum + topRight[1] - topLeft[1], 0);
  return Math.atan2(y, x);
};

const placeAlong = (corners: Corners, angle: number): { left: number; middle: number; height: number } => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const across = corners.map(([x, y]) => y * cos - x * sin);
  const along = corners.map(([x, y]) => x * cos + y * sin);
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  return { left: Math.min(...along), middle: across.reduce((sum, value) => sum + value, 0) / 4, height: bottom - top };
};
