import { useWords } from '../../../words.tsx';

interface PagerProps {
  page: number;
  count: number;
  name: string;
  onPage: (page: number) => void;
}

/** Steps through the files of one job; a job with one file needs none. */
export const Pager = ({ page, count, name, onPage }: PagerProps) => {
  const words = useWords();
  if (count < 2) return null;
  return (
    <div className="pager">
      <b title={name}>{name}</b>
      <span className="dim">{words.text('result.page', { page: page + 1, count })}</span>
      <button type="button" className="btn small" disabled={page === 0} onClick={() => onPage(page - 1)}>
        {words.text('result.before')}
      </button>
      <button type="button" className="btn small" disabled={page === count - 1} onClick={() => onPage(page + 1)}>
        {words.text('result.after')}
      </button>
    </div>
  );
};
