import { useWords } from '../../../words.tsx';
import { doubtfulBelow } from './result-geometry.ts';

/** How sure a finding is: a bar and its number; a doubtful one carries a question mark. */
export const Score = ({ score }: { score: number }) => {
  const words = useWords();
  const isDoubtful = score < doubtfulBelow;
  return (
    <span className={`score ${isDoubtful ? 'low' : ''}`}>
      <span className="sc">
        <i style={{ width: `${score * 100}%` }} />
      </span>
      <b>
        {isDoubtful ? '? ' : ''}
        {words.fixed(score, 2)}
      </b>
    </span>
  );
};
