import { useEffect, useRef } from 'react';
import type { Status } from '../../../shared/contract/app.ts';
import type { JobFilter } from '../../../shared/contract/jobs.ts';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';

interface QueueToolsProps {
  filter: JobFilter;
  search: string;
  counts: Status['counts'] | undefined;
  onFilter: (filter: JobFilter) => void;
  onSearch: (search: string) => void;
}

const filters = [
  { filter: 'all', mark: undefined },
  { filter: 'running', mark: 'running' },
  { filter: 'pending', mark: 'waiting' },
  { filter: 'held', mark: 'held' },
  { filter: 'failed', mark: 'failed' },
  { filter: 'succeeded', mark: 'done' },
  { filter: 'cancelled', mark: 'cancelled' },
] as const;

/** Search and the states with their counts; `/` goes to the search from anywhere on the page. */
export const QueueTools = ({ filter, search, counts, onFilter, onSearch }: QueueToolsProps) => {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isElsewhere = !(event.target instanceof HTMLInputElement && event.target.type !== 'checkbox');
      if (event.key !== '/' || !isElsewhere || event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  return (
    <div className="tools">
      <label className="find">
        <Icon name="filter" />
        <input
          ref={field}
          type="search"
          value={search}
          maxLength={200}
          aria-label={words.text('queue.search')}
          placeholder={words.text('queue.search')}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), search ? onSearch('') : event.currentTarget.blur())}
        />
        <kbd>/</kbd>
      </label>
      <div className="states" role="group" aria-label={words.text('queue.filter')}>
        {filters.map((entry) => (
          <button
            key={entry.filter}
            type="button"
            aria-pressed={filter === entry.filter}
            title={words.text(`filter.${entry.filter}`)}
            onClick={() => onFilter(entry.filter)}
          >
            {entry.mark && <StateMark mark={entry.mark} />}
            <span>{words.text(`filter.${entry.filter}`)}</span>
            {counts && <em>{words.number(countOf(entry.filter, counts))}</em>}
          </button>
        ))}
      </div>
    </div>
  );
};

const countOf = (filter: JobFilter, counts: Status['counts']): number =>
  filter === 'all' ? Object.values(counts).reduce((sum, count) => sum + count, 0) : counts[filter];
