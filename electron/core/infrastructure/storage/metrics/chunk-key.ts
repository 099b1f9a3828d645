export const hourMs = 3_600_000;
export const hourOf = (at: number): number => Math.floor(at / hourMs);

/** The two widths in which whole hours are kept, and for how many hours. Their order is part of the key and never changes. */
export const levels = [
  { stepMs: 10_000, keptHours: 24 },
  { stepMs: 60_000, keptHours: 24 * 30 },
] as const;
export type Level = 0 | 1;

/** Hours since 1970 below this have room in a key: until the year 2209. */
const hoursInKey = 2 ** 21;

/** The hours of one series in one width lie side by side, so that a graph is one walk along the table. */
export const chunkKey = (series: number, level: Level, hour: number): number => (series * levels.length + level) * hoursInKey + hour;
export const hourOfKey = (key: number): number => key % hoursInKey;
