import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useStore } from 'zustand';
import type { JobRow } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { isEnded } from '../job/job-words.ts';
import { idOf, isFolded } from './array-row.ts';
import { JobLine } from './job-line.tsx';
import type { Layout } from './sections.ts';

interface JobListProps {
  layout: Layout;
  total: number;
  rows: ReadonlyMap<number, JobRow>;
  selected: ReadonlySet<number>;
  open: number | undefined;
  /** The row that the keyboard is on, by its place in the queue. */
  cursor: number | undefined;
  now: number;
  /** When waiting jobs should start, by id. */
  starts: ReadonlyMap<number, { startsAt: number }>;
  onCursor: (index: number) => void;
  onShow: (first: number, last: number) => void;
  onSelect: (ids: Iterable<number>) => void;
  onSelectAll: () => void;
  onOpen: (row: JobRow) => void;
}

/** Pixels of a row, the same as in queue.css. */
const rowHeights = { dense: 28, comfortable: 40 };
const headHeight = 34;
const columns = ['job', 'runtime', 'group', 'soFar', 'start', 'progress'] as const;

/** The virtual list: only what is on the screen is drawn and followed. */
export const JobList = (props: JobListProps) => {
  const { layout, rows, selected, open, cursor, onShow } = props;
  const words = useWords();
  const room = useStore(useParts().preferences, (values) => values.rows);
  const rowHeight = rowHeights[room];
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: layout.count,
    getScrollElement: () => scroller.current,
    estimateSize: (position) => (layout.itemAt(position).kind === 'head' ? headHeight : rowHeight),
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [virtual, layout, rowHeight]);

  const items = virtual.getVirtualItems();
  const shown = items.map(({ index }) => layout.itemAt(index)).filter((item) => item.kind === 'row');
  const first = shown[0]?.index;
  const last = shown.at(-1)?.index;
  useShown(first, last, onShow);

  const keyOf = rowKeys(rows);
  const choose = useChoice(props);
  const press = useListKeys(props, (index) => virtual.scrollToIndex(layout.positionOf(index)), choose.toggle);
  const isEvery = selected.size > 0 && selected.size >= props.total;
  return (
    <div className="list">
      <div
        className={`q ${room}`}
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={words.text('page.queue')}
        aria-rowcount={props.total + 1}
        aria-multiselectable="true"
        aria-activedescendant={cursor === undefined ? undefined : `row-${cursor}`}
        onKeyDown={press}
      >
        <div className="qr qh" role="row" aria-rowindex={1}>
          <span className="c-ck" role="columnheader">
            <input
              type="checkbox"
              className={selected.size > 0 && !isEvery ? 'mixed' : ''}
              aria-label={words.text('queue.selectAll')}
              checked={isEvery}
              onChange={() => (selected.size > 0 ? props.onSelect([]) : props.onSelectAll())}
            />
          </span>
          <span className="c-st" role="columnheader">
            <span className="unseen">{words.text('column.state')}</span>
          </span>
          {columns.map((column) => (
            <span key={column} className={`c-${column}`} role="columnheader">
              {words.text(`column.${column}`)}
            </span>
          ))}
        </div>
        <div className="qb" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index: position, start }) => {
            const item = layout.itemAt(position);
            if (item.kind === 'head') {
              return (
                <div key={`head-${item.section}`} className="qr gh" role="row" style={{ transform: `translateY(${start}px)` }}>
                  <span role="gridcell">
                    {item.mark && <StateMark mark={item.mark} />}
                    <b>{words.text(`section.${item.section}`)}</b> {words.number(item.count)}
                  </span>
                </div>
              );
            }
            const row = rows.get(item.index);
            return (
              <JobLine
                key={keyOf(item.index)}
                index={item.index}
                row={row}
                top={start}
                now={row && isEnded(row.state) ? 0 : props.now}
                expectedAt={row?.state.kind === 'pending' ? props.starts.get(row.id)?.startsAt : undefined}
                isOpen={row !== undefined && !isFolded(row) && row.id === open}
                isSelected={row !== undefined && selected.has(idOf(row))}
                isCursor={item.index === cursor}
                onOpen={choose.open}
                onPick={choose.pick}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
};

/**
 * Rows are kept by their job, so that a click or a focus meant for one never reaches another that has taken its place meanwhile. A
 * row away from what is followed may be old and show a job that has moved: the second row of a job is kept by its place.
 */
const rowKeys = (rows: ReadonlyMap<number, JobRow>): ((index: number) => string) => {
  const drawn = new Set<number>();
  return (index) => {
    const row = rows.get(index);
    if (!row || drawn.has(idOf(row))) return `place-${index}`;
    drawn.add(idOf(row));
    return `job-${idOf(row)}`;
  };
};

/** A list that is scrolled asks for what it shows at once, then no more often than this. */
const askEveryMs = 60;

/** Tells which rows are on the screen, without a flood while a thumb is dragged over thousands of them. */
const useShown = (first: number | undefined, last: number | undefined, onShow: JobListProps['onShow']): void => {
  const askedAt = useRef(0);
  useEffect(() => {
    if (first === undefined || last === undefined) return;
    const ask = () => {
      askedAt.current = performance.now();
      onShow(first, last);
    };
    const timer = setTimeout(ask, Math.max(0, askedAt.current + askEveryMs - performance.now()));
    return () => clearTimeout(timer);
  }, [first, last, onShow]);
};

/** One row by a click, a stretch of rows by a click with Shift. The functions stay the same, so that unchanged rows are not drawn again. */
const useChoice = (props: JobListProps) => {
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const [choice] = useState(() => {
    let from: number | undefined;
    const toggle = (index: number) => {
      const { rows, selected, onSelect } = latest.current;
      const row = rows.get(index);
      if (!row) return;
      const next = new Set(selected);
      if (!next.delete(idOf(row))) next.add(idOf(row));
      from = index;
      onSelect(next);
    };
    const pick = (index: number, isRange: boolean) => {
      if (!isRange || from === undefined) return toggle(index);
      const { rows, selected, onSelect } = latest.current;
      const [low, high] = [Math.min(from, index), Math.max(from, index)];
      const between = [...rows].filter(([place]) => place >= low && place <= high).map(([, row]) => idOf(row));
      onSelect(new Set([...selected, ...between]));
    };
    const open = (index: number) => {
      const { rows, onCursor, onOpen } = latest.current;
      const row = rows.get(index);
      onCursor(index);
      if (row) onOpen(row);
    };
    return { toggle, pick, open };
  });
  return choice;
};

const useListKeys = (
  { cursor, total, rows, onCursor, onOpen }: JobListProps,
  reveal: (index: number) => void,
  toggle: (index: number) => void,
) => {
  return (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.key === ' ') return;
    const place = cursor ?? -1;
    const steps: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + 20,
      PageUp: place - 20,
      Home: 0,
      End: total - 1,
    };
    const next = steps[event.key];
    if (next !== undefined && total > 0) {
      const index = Math.max(0, Math.min(total - 1, next));
      onCursor(index);
      reveal(index);
      event.preventDefault();
    }
    const row = cursor === undefined ? undefined : rows.get(cursor);
    if (event.key === 'Enter' && row) onOpen(row);
    if (event.key === ' ' && cursor !== undefined) {
      toggle(cursor);
      event.preventDefault();
    }
  };
};
