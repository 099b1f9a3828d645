import { Link } from 'wouter';
import { useStore } from 'zustand';
import type { JobRow } from '../../../shared/model/job.ts';
import { useParts } from '../../parts.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { isEnded, markOf, reasonOf, soFar, stateText } from '../job/job-words.ts';
import type { LatestStore } from './latest-store.ts';

/** What ended last and how; nothing before anything has. */
export const LatestList = ({ list }: { list: LatestStore }) => {
  const words = useWords();
  const { rows } = useStore(list);
  if (!rows || rows.length === 0) return null;
  return (
    <section className="block latest-block">
      <div className="bh">
        <h2>{words.text('overview.latest')}</h2>
      </div>
      <table className="t latest">
        <thead>
          <tr>
            <th className="c-st">
              <span className="unseen">{words.text('column.state')}</span>
            </th>
            <th className="c-name">{words.text('column.job')}</th>
            <th>{words.text('column.outcome')}</th>
            <th className="c-sofar num">{words.text('column.took')}</th>
            <th className="c-ended num">{words.text('column.ended')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <LatestLine key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
};

const LatestLine = ({ row }: { row: JobRow }) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const reason = reasonOf(row);
  const outcome = reason ? words.reason(reason) : stateText(row, words);
  return (
    <tr>
      <td className="c-st">
        <StateMark mark={markOf(row.state)} />
      </td>
      <td className="name">
        <Link href={`/queue/${row.id}`} title={row.name}>
          {row.name}
        </Link>
      </td>
      <td className="why" title={outcome}>
        {outcome}
      </td>
      <td className="num">{isEnded(row.state) && row.state.startedAt !== undefined && words.duration(soFar(row, now))}</td>
      <td className="num dim">{isEnded(row.state) && words.moment(row.state.endedAt, now)}</td>
    </tr>
  );
};
