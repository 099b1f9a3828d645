import { Link } from 'wouter';
import type { JobRow } from '../../../shared/model/job.ts';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { arrayName } from './array-row.ts';

/** Which array is looked at, and the way back to all jobs. */
export const ArrayTools = ({ array, first }: { array: number; first: JobRow | undefined }) => {
  const words = useWords();
  return (
    <div className="tools">
      <Link className="lnk" href="/queue">
        <Icon name="left" />
        {words.text('array.all')}
      </Link>
      <h2>
        {first?.array
          ? words.text('array.title', { name: arrayName(first), size: first.array.size })
          : words.text('job.label', { id: array })}
      </h2>
    </div>
  );
};
