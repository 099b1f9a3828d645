/** What one bar of a Gantt chart shows. Times are milliseconds since 1970. */
export interface GanttBar {
  /** The same as long as it is the same thing, also when its times change. */
  key: string;
  /** Past is drawn solid, future hatched, present solid up to now. */
  tense: 'past' | 'present' | 'future';
  from: number;
  to: number;
  /** A light tail reaches to here. */
  latest?: number | undefined;
  /** A flag stands here. */
  flag?: number | undefined;
  /** How much of its row it takes, in the row's unit. */
  size: number;
  label: string;
  /** Name of a colour token that has an edge, such as `g1`. */
  colour: string;
}

/** A part of a row's height, in the row's unit from its top. */
export interface Band {
  top: number;
  size: number;
}

/** A bar in its place. Most have one band; one that only fits into what several others left has more, the largest first. */
export interface PlacedBar extends GanttBar {
  bands: readonly Band[];
}

export interface PlacedBars {
  /** By their start. */
  bars: readonly PlacedBar[];
  /** What the row is high: its capacity, or what its bars take together if that is more. */
  size: number;
}

/** Sizes are sums of fractions. */
const tiny = 1e-6;

/**
 * Puts bars beside each other where they overlap in time: each into the first room that holds it whole, else into pieces of what is
 * free, and only what has no room at all beyond the capacity. Nothing that starts later moves what started before. Bars that overlap
 * by no more than the slack count as one after the other: what ends and what starts then are told by two clocks.
 */
export const placeBars = (bars: readonly GanttBar[], capacity: number, slackMs = 0): PlacedBars => {
  const sorted = bars.toSorted((one, other) => one.from - other.from || other.size - one.size || (one.key < other.key ? -1 : 1));
  let active: { until: number; band: Band }[] = [];
  let size = capacity;
  const placed = sorted.map((bar) => {
    active = active.filter(({ until }) => until > bar.from + slackMs);
    const bands = roomFor(bar.size, freeBands(active, capacity));
    active.push(...bands.map((band) => ({ until: endOf(bar), band })));
    active.sort((one, other) => one.band.top - other.band.top);
    size = Math.max(size, ...bands.map((band) => band.top + band.size));
    return { ...bar, bands };
  });
  return { bars: placed, size };
};

/** What is late takes its room until it ends, which is at least as long as it has lasted. */
const endOf = ({ from, to }: GanttBar): number => Math.max(from, to);

/** What no active band takes, from the top; the last one has no end. */
const freeBands = (active: readonly { band: Band }[], capacity: number): readonly Band[] => {
  const free: Band[] = [];
  let top = 0;
  for (const { band } of active) {
    if (band.top - top > tiny) free.push({ top, size: band.top - top });
    top = Math.max(top, band.top + band.size);
  }
  if (capacity - top > tiny) free.push({ top, size: capacity - top });
  return [...free, { top: Math.max(top, capacity), size: Infinity }];
};

const roomFor = (size: number, free: readonly Band[]): readonly Band[] => {
  const whole = free.slice(0, -1).find((band) => band.size >= size - tiny);
  if (whole) return [{ top: whole.top, size }];
  let left = size;
  const pieces: Band[] = [];
  for (const band of free) {
    if (left <= tiny) break;
    const taken = Math.min(left, band.size);
    pieces.push({ top: band.top, size: taken });
    left -= taken;
  }
  return pieces.toSorted((one, other) => other.size - one.size);
};

/** A row before it has its height. */
export interface RowShape {
  key: string;
  /** Rows with a scale are as tall as their size, the others all the same. */
  size: number | undefined;
  /** Of a row without a scale: how many bars stand below each other. */
  lanes: number;
  /** Something is to be seen in it. */
  isUsed: boolean;
}

/** Rows that nothing is in are folded away where there are more than this. */
const mostUnfolded = 6;

/** Which rows are drawn: all of a few, of many only those with something in them. */
export const foldRows = <Row extends RowShape>(
  rows: readonly Row[],
  isUnfolded: boolean,
): { shown: readonly Row[]; folded: readonly Row[] } => {
  if (isUnfolded || rows.length <= mostUnfolded) return { shown: rows, folded: [] };
  const shown = rows.filter(({ isUsed }) => isUsed);
  const [first] = rows;
  // A chart without rows would show nothing at all.
  if (shown.length === 0 && first) return { shown: [first], folded: rows.slice(1) };
  return { shown, folded: rows.filter(({ isUsed }) => !isUsed) };
};

const plainHeights = { lowest: 30, usual: 40, highest: 46 };
const unitHeights = { lowest: 3, highest: 40 };
const lowestScaled = 34;
/** A bar is as tall as this to hold its name; a row with many of them grows no further than this. */
const lane = { height: 17, highest: 160 };

/** The height of each row in pixels: what it takes to be read, and more where there is room for it. */
export const rowHeights = (rows: readonly RowShape[], available: number): readonly number[] => {
  const scaled = rows.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const plain = rows.filter(({ size }) => size === undefined).length;
  const wanted = scaled > 0 ? plainHeights.usual : available / Math.max(1, plain);
  const plainHeight = Math.round(Math.min(plainHeights.highest, Math.max(plainHeights.lowest, Math.min(wanted, available / (plain + 2)))));
  const unit = Math.min(unitHeights.highest, Math.max(unitHeights.lowest, (available - plain * plainHeight) / Math.max(1, scaled)));
  const least = rows.map(({ size }) => (size === undefined ? plainHeight : Math.max(lowestScaled, Math.round(size * unit))));
  const wish = rows.map(({ size, lanes }) =>
    size === undefined ? Math.max(0, Math.min(lane.highest, lanes * lane.height) + rowPadding - plainHeight) : 0,
  );
  const left = Math.max(0, available - sumOf(least));
  const part = Math.min(1, left / Math.max(1, sumOf(wish)));
  return least.map((height, index) => height + Math.floor((wish[index] ?? 0) * part));
};

/** Pixels above and below the bars of a row together. */
export const rowPadding = 8;

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The bar at a moment and a place of its row, in the row's unit; the one drawn last where several are. */
export const barAt = (bars: readonly PlacedBar[], at: number, place: number, slackMs: number): PlacedBar | undefined =>
  bars.findLast(
    (bar) =>
      at >= bar.from - slackMs && at <= endOf(bar) + slackMs && bar.bands.some(({ top, size }) => place >= top && place <= top + size),
  );

/** Where the keyboard is in a chart. */
export interface BarPlace {
  row: string;
  bar: string;
}

export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** The bar that an arrow key leads to; rows without bars are passed over. Stays where it is at the edges. */
export const stepBar = (
  rows: readonly { key: string; bars: readonly PlacedBar[] }[],
  from: BarPlace | undefined,
  step: Step,
): BarPlace | undefined => {
  const used = rows.filter(({ bars }) => bars.length > 0);
  const row = used.findIndex(({ key }) => key === from?.row);
  const bars = used[row]?.bars ?? [];
  const place = bars.findIndex(({ key }) => key === from?.bar);
  const here = bars[place];
  if (!here) return placeIn(used[Math.max(0, row)], step === 'last' ? -1 : 0);
  if (step === 'first') return placeIn(used[row], 0);
  if (step === 'last') return placeIn(used[row], -1);
  if (step === 'left' || step === 'right') {
    const next = place + (step === 'left' ? -1 : 1);
    return placeIn(used[row], Math.max(0, Math.min(bars.length - 1, next)));
  }
  const next = used[row + (step === 'up' ? -1 : 1)];
  if (!next) return from;
  const distances = next.bars.map((bar) => Math.max(bar.from - here.from, here.from - endOf(bar), 0));
  return placeIn(next, distances.indexOf(Math.min(...distances)));
};

const placeIn = (row: { key: string; bars: readonly PlacedBar[] } | undefined, index: number): BarPlace | undefined => {
  const bar = row?.bars.at(index);
  return row && bar && { row: row.key, bar: bar.key };
};
