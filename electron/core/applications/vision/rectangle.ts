export type Point = readonly [x: number, y: number];
/** Clockwise from the top left, as the text runs. */
export type Corners = readonly [Point, Point, Point, Point];

/** A rectangle at any angle; y points down. Its width runs along `angle` (radians, -π/4 to π/4). */
export interface Rectangle {
  readonly center: Point;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/** The smallest rectangle around all points. It shares a side with their convex hull. */
export const smallestRectangle = (points: readonly Point[]): Rectangle => {
  const hull = convexHull(points);
  const angles = new Set(hull.map((point, index) => sideAngle(point, hull[(index + 1) % hull.length] ?? point)));
  let best: Rectangle | undefined;
  for (const angle of angles) {
    const candidate = boundsAtAngle(hull, angle);
    if (best === undefined || candidate.width * candidate.height < best.width * best.height) best = candidate;
  }
  if (best === undefined) throw new RangeError('a rectangle needs at least one point');
  return best;
};

export const cornersOf = ({ center: [x, y], width, height, angle }: Rectangle): Corners => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corner = (alongWidth: number, alongHeight: number): Point => [
    x + (alongWidth * width * cos) / 2 - (alongHeight * height * sin) / 2,
    y + (alongWidth * width * sin) / 2 + (alongHeight * height * cos) / 2,
  ];
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
};

/** The rectangle with each side moved outwards. */
export const grow = (rectangle: Rectangle, distance: number): Rectangle => ({
  ...rectangle,
  width: rectangle.width + 2 * distance,
  height: rectangle.height + 2 * distance,
});

/** Andrew's monotone chain; counter-clockwise, without points that lie on a side. */
export const convexHull = (points: readonly Point[]): Point[] => {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  return [...halfHull(sorted), ...halfHull(sorted.toReversed())];
};

const halfHull = (sorted: readonly Point[]): Point[] => {
  const hull: Point[] = [];
  for (const point of sorted) {
    while (hull.length >= 2 && !turnsLeft(hull.at(-2), hull.at(-1), point)) hull.pop();
    hull.push(point);
  }
  // The last point is the first of the other half.
  return hull.slice(0, -1);
};

const turnsLeft = (a: Point | undefined, b: Point | undefined, c: Point): boolean =>
  a !== undefined && b !== undefined && (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0;

/** The angle of a side, turned by quarters until it runs rather to the right than down. */
const sideAngle = (from: Point, to: Point): number => {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  return angle - Math.round(angle / (Math.PI / 2)) * (Math.PI / 2);
};

const boundsAtAngle = (points: readonly Point[], angle: number): Rectangle => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    const along = x * cos + y * sin;
    const across = y * cos - x * sin;
    [left, right] = [Math.min(left, along), Math.max(right, along)];
    [top, bottom] = [Math.min(top, across), Math.max(bottom, across)];
  }
  const along = (left + right) / 2;
  const across = (top + bottom) / 2;
  return { center: [along * cos - across * sin, along * sin + across * cos], width: right - left, height: bottom - top, angle };
};
