import type { Status } from '../../../shared/contract/app.ts';
import type { JobPage } from '../../../shared/contract/jobs.ts';
import type { JobRow } from '../../../shared/model/job.ts';
import type { Mark } from '../job/job-words.ts';

type SectionKind = 'running' | 'waiting' | 'held' | 'ended';

/** The head of a section. Its mark is true of every job below it; where they differ there is none. */
interface SectionHead {
  kind: 'head';
  section: SectionKind;
  count: number;
  mark: Mark | undefined;
}

/** A line of the list: the head of a section, or the row at a place in the queue's own order. */
export type ListItem = SectionHead | { kind: 'row'; index: number };

export interface Layout {
  count: number;
  itemAt: (position: number) => ListItem;
  /** The position in the list of the row at `index`. */
  positionOf: (index: number) => number;
}

const order: readonly SectionKind[] = ['running', 'waiting', 'held', 'ended'];

/** The list of one filter or search has no heads; the whole queue is parted in running, waiting, held and ended. */
export const plainLayout = (total: number): Layout => ({
  count: total,
  itemAt: (position) => ({ kind: 'row', index: position }),
  positionOf: (index) => index,
});

/**
 * Where the heads stand. The counts come from another stream than the rows and may be a moment older or newer, so every known
 * row is asked where it belongs and moves the border to where it must be. An array is one row, and counts as all of its jobs in the head.
 */
export const sectionLayout = (
  total: number,
  counts: Status['counts'],
  rows: ReadonlyMap<number, JobRow>,
  lines: JobPage['sections'] = counts,
): Layout => {
  const unheld = lines.running + lines.pending;
  const starts = { running: 0, waiting: lines.running, held: unheld, ended: unheld + lines.held };
  const folded = {
    running: Math.max(0, counts.running - lines.running),
    waiting: Math.max(0, counts.pending - lines.pending),
    held: Math.max(0, counts.held - lines.held),
    ended: Math.max(0, counts.succeeded + counts.failed + counts.cancelled - (total - unheld - lines.held)),
  };
  for (const [index, row] of rows) {
    const place = order.indexOf(sectionOf(row));
    for (const later of order.slice(place + 1)) starts[later] = Math.max(starts[later], index + 1);
    for (const own of order.slice(1, place + 1)) starts[own] = Math.min(starts[own], index);
  }
  const edges = [...order.map((section) => Math.min(starts[section], total)), total];
  const sections = order
    .map((section, place) => ({ section, from: edges[place] ?? 0, count: (edges[place + 1] ?? 0) - (edges[place] ?? 0) }))
    .filter(({ count }) => count > 0)
    .map((part, heads) => ({ ...part, head: part.from + heads, jobs: part.count + folded[part.section] }));
  return {
    count: total + sections.length,
    itemAt: (position) => {
      const part = sections.findLast(({ head }) => head <= position);
      if (!part) return { kind: 'row', index: position };
      return part.head === position
        ? { kind: 'head', section: part.section, count: part.jobs, mark: markOf(part.section, counts) }
        : { kind: 'row', index: part.from + position - part.head - 1 };
    },
    positionOf: (index) => {
      const part = sections.findLast(({ from }) => from <= index);
      return part ? part.head + 1 + index - part.from : index;
    },
  };
};

const markOf = (section: SectionKind, counts: Status['counts']): Mark | undefined => (section === 'ended' ? endedMark(counts) : section);

const endedMark = ({ succeeded, failed, cancelled }: Status['counts']): Mark | undefined => {
  if (failed + cancelled === 0) return 'done';
  if (succeeded + cancelled === 0) return 'failed';
  return succeeded + failed === 0 ? 'cancelled' : undefined;
};

export const sectionOf = ({ state }: JobRow): SectionKind => {
  if (state.kind === 'pending') return 'waiting';
  if (state.kind === 'held') return 'held';
  return 'placement' in state ? 'running' : 'ended';
};
