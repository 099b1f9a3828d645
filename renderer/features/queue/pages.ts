import type { JobPage } from '../../../shared/contract/jobs.ts';
import type { JobRow } from '../../../shared/model/job.ts';

/** The part of the list that is followed. */
export interface PageRange {
  offset: number;
  limit: number;
}

const step = 50;
/** Rows that are followed on either side of the screen, and how near to the end of them a new range is asked for. */
const around = 150;
const nearEnd = 50;
const mostRows = 500;
/** Rows further away than this from what is shown are forgotten. */
const keptAround = 1_000;

/** The range to follow so that the rows on the screen are in it with room on both sides; the same one while they still are. */
export const pageFor = (first: number, last: number, current: PageRange): PageRange => {
  const isAfterStart = first >= (current.offset === 0 ? 0 : current.offset + nearEnd);
  const isBeforeEnd = last < current.offset + current.limit - nearEnd;
  if (isAfterStart && isBeforeEnd) return current;
  const offset = Math.max(0, Math.floor((first - around) / step) * step);
  const limit = Math.min(mostRows, Math.ceil((last + 1 + around - offset) / step) * step);
  return { offset, limit };
};

/** The known rows after a page came: the page is the truth for its range, and nothing lies behind the end of the list. */
export const keepPage = (known: ReadonlyMap<number, JobRow>, page: JobPage): ReadonlyMap<number, JobRow> => {
  const rows = new Map<number, JobRow>();
  const fresh = new Set(page.rows.map((row) => row.id));
  for (const [index, row] of known) {
    const isReplaced = index >= page.offset && index < page.offset + page.rows.length;
    const isNear = Math.abs(index - page.offset) <= keptAround && index < page.total;
    if (!isReplaced && isNear && !fresh.has(row.id)) rows.set(index, row);
  }
  page.rows.forEach((row, index) => rows.set(page.offset + index, row));
  return rows;
};
