import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { JobPanel } from '../job/job-panel.tsx';
import type { JobTab } from '../job/job-tabs.ts';
import { isFolded } from './array-row.ts';
import { ArrayTools } from './array-tools.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { JobList } from './job-list.tsx';
import { QueueEmpty } from './queue-empty.tsx';
import { QueueTools } from './queue-tools.tsx';
import './queue.css';
import { plainLayout, sectionLayout } from './sections.ts';

interface QueuePageProps {
  /** Only the jobs of this array. */
  array?: number | undefined;
  open: number | undefined;
  tab: JobTab | undefined;
}

/** Every job, live; the one that is open stands beside the list. */
export const QueuePage = ({ array, open, tab }: QueuePageProps) => {
  const words = useWords();
  const parts = useParts();
  const [, go] = useLocation();
  const { filter, search, total, sections, rows, selected, problem } = useStore(parts.queue);
  const counts = useStore(parts.status, (state) => state.status?.counts);
  const now = useStore(parts.clock);
  const [cursor, setCursor] = useState<number>();
  const starts = useStore(parts.plan, (state) => state.starts);
  useEffect(() => parts.queue.setArray(array), [parts, array]);
  useEffect(() => {
    const stops = [parts.queue.watch(), parts.plan.watch()];
    return () => stops.forEach((stop) => stop());
  }, [parts]);

  const isWhole = array === undefined && filter === 'all' && search === '';
  const base = array === undefined ? '/queue' : `/queue/array/${array}`;
  const layout = useMemo(
    () => (isWhole && counts ? sectionLayout(total ?? 0, counts, rows, sections) : plainLayout(total ?? 0)),
    [isWhole, counts, total, rows, sections],
  );
  return (
    <>
      <main className="main p-queue">
        {array === undefined ? (
          <QueueTools filter={filter} search={search} counts={counts} onFilter={parts.queue.setFilter} onSearch={parts.queue.setSearch} />
        ) : (
          <ArrayTools array={array} first={rows.get(0)} />
        )}
        {problem && <p className="refused line">{words.problem(problem)}</p>}
        {selected.size > 0 && <BulkBar ids={selected} rows={rows} onClear={() => parts.queue.select([])} />}
        {total === 0 ? (
          <QueueEmpty
            isWhole={isWhole}
            onEverything={() => parts.queue.setFilter('all')}
            onClear={() => parts.queue.setSearch('')}
            search={search}
          />
        ) : (
          <JobList
            layout={layout}
            total={total ?? 0}
            rows={rows}
            selected={selected}
            open={open}
            cursor={cursor}
            now={now}
            starts={starts}
            onCursor={setCursor}
            onShow={parts.queue.show}
            onSelect={parts.queue.select}
            onSelectAll={() => void parts.queue.selectAll()}
            onOpen={(row) => go(isFolded(row) ? `/queue/array/${row.array.id}` : `${base}/${row.id}`)}
          />
        )}
      </main>
      {open !== undefined && (
        <JobPanel
          key={open}
          id={open}
          tab={tab}
          onClose={() => go(base)}
          onTab={(name) => go(`${base}/${open}/${name}`, { replace: true })}
        />
      )}
    </>
  );
};
