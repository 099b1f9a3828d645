import type { Point } from './rectangle.ts';

/** Pixels that hang together, told by the two ends of each of their rows: enough for their convex hull. */
export interface Region {
  readonly ends: readonly Point[];
  readonly pixels: number;
}

/** The regions above a threshold, pixels touching at a side or a corner, in the order of their first pixel. */
export const findRegions = (values: ArrayLike<number>, width: number, height: number, threshold: number): Region[] => {
  const isOpen = new Uint8Array(width * height);
  for (let index = 0; index < isOpen.length; index += 1) isOpen[index] = (values[index] ?? 0) > threshold ? 1 : 0;
  const regions: Region[] = [];
  const stack: number[] = [];
  for (let index = 0; index < isOpen.length; index += 1) {
    if (isOpen[index] === 1) regions.push(flood(isOpen, width, height, index, stack));
  }
  return regions;
};

/** Takes one region away from `isOpen`. The stack is lent, so that a picture full of specks costs no memory for each. */
const flood = (isOpen: Uint8Array, width: number, height: number, start: number, stack: number[]): Region => {
  const rows = new Map<number, { left: number; right: number }>();
  let pixels = 0;
  isOpen[start] = 0;
  stack.push(start);
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    const x = index % width;
    const y = (index - x) / width;
    pixels += 1;
    widenRow(rows, y, x);
    for (let nextY = Math.max(0, y - 1); nextY <= Math.min(height - 1, y + 1); nextY += 1) {
      for (let nextX = Math.max(0, x - 1); nextX <= Math.min(width - 1, x + 1); nextX += 1) {
        const next = nextY * width + nextX;
        if (isOpen[next] !== 1) continue;
        isOpen[next] = 0;
        stack.push(next);
      }
    }
  }
  return {
    ends: [...rows].flatMap(([y, { left, right }]): Point[] => [[left, y], ...(right > left ? [[right, y] as const] : [])]),
    pixels,
  };
};

const widenRow = (rows: Map<number, { left: number; right: number }>, y: number, x: number): void => {
  const row = rows.get(y);
  if (row === undefined) rows.set(y, { left: x, right: x });
  else if (x < row.left) row.left = x;
  else if (x > row.right) row.right = x;
};
