import { Link } from 'wouter';
import { useWords } from '../../words.tsx';

interface QueueEmptyProps {
  /** Neither filtered nor searched: there are no jobs at all. */
  isWhole: boolean;
  search: string;
  onEverything: () => void;
  onClear: () => void;
}

/** One sentence and one action. */
export const QueueEmpty = ({ isWhole, search, onEverything, onClear }: QueueEmptyProps) => {
  const words = useWords();
  if (isWhole) {
    return (
      <p className="empty">
        {words.text('queue.empty')}{' '}
        <Link className="lnk" href="/run">
          {words.text('action.newJob')}
        </Link>
      </p>
    );
  }
  return (
    <p className="empty">
      {words.text(search ? 'queue.notFound' : 'queue.noneInState', { search })}{' '}
      <button type="button" className="lnk" onClick={search ? onClear : onEverything}>
        {words.text(search ? 'queue.clearSearch' : 'queue.showAll')}
      </button>
    </p>
  );
};
