import type { Typed } from '../run/quantities.ts';

/** "0-3, 8": numbers of cores and stretches of them, each once, in order. */
export const parseCoreIds = (text: string): Typed<number[]> => {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  if (parts.length === 0) return { kind: 'empty' };
  const stretches = parts.map((part) => /^(\d{1,5})(?:[-–](\d{1,5}))?$/.exec(part));
  const found = new Set<number>();
  for (const stretch of stretches) {
    const first = Number(stretch?.[1]);
    const last = Number(stretch?.[2] ?? stretch?.[1]);
    if (!(first <= last)) return { kind: 'wrong' };
    for (let core = first; core <= last; core += 1) found.add(core);
  }
  return { kind: 'value', value: [...found].sort((one, other) => one - other) };
};

/** 0–3, 8. */
export const formatCoreIds = (ids: readonly number[], dash = '–'): string => {
  const sorted = ids.toSorted((one, other) => one - other);
  const stretches: [number, number][] = [];
  for (const id of sorted) {
    const last = stretches.at(-1);
    if (last && id <= last[1] + 1) last[1] = id;
    else stretches.push([id, id]);
  }
  return stretches.map(([first, last]) => (first === last ? String(first) : `${first}${dash}${last}`)).join(', ');
};
