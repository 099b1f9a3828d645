import { Link } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { isStarted, markOf, soFar, stateText } from '../job/job-words.ts';
import type { RowsStore } from './rows-store.ts';

export const RunningList = ({ list }: { list: RowsStore }) => {
  const words = useWords();
  const { total, rows } = useStore(list);
  const now = useStore(useParts().clock);
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('section.running')}</h2>
        <span className="n">{total === undefined ? '' : words.number(total)}</span>
      </div>
      <table className="t running">
        <thead>
          <tr>
            <th className="c-st">
              <span className="unseen">{words.text('column.state')}</span>
            </th>
            <th>{words.text('column.job')}</th>
            <th className="c-group">{words.text('column.group')}</th>
            <th className="c-cores num">{words.text('column.cores')}</th>
            <th className="c-memory num">{words.text('column.memory')}</th>
            <th className="c-progress">{words.text('overview.progress')}</th>
            <th className="c-sofar num">{words.text('column.soFar')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="c-st">
                <StateMark mark={markOf(row.state)} title={stateText(row, words)} />
              </td>
              <td className="name">
                <Link href={`/queue/${row.id}`} title={row.name}>
                  {row.name}
                </Link>
              </td>
              <td>
                <i className={`sw ${groupColour(row.group)}`} />
                {row.group}
              </td>
              <td className="num">{isStarted(row.state) && words.number(row.state.placement.cores, 1)}</td>
              <td className="num">{isStarted(row.state) && words.bytes(row.state.placement.memoryBytes)}</td>
              <td>
                {row.progress ? (
                  <>
                    <ProgressBar fraction={row.progress.done / row.progress.total} label={row.name} />
                    {words.text('percent', { value: Math.floor((row.progress.done / row.progress.total) * 100) })}
                  </>
                ) : (
                  <span className="dim">{stateText(row, words)}</span>
                )}
              </td>
              <td className="num">{words.duration(soFar(row, now))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {/* Not a row: one that spans columns which a narrow page hides would bring them back. */}
      {total === 0 && <p className="none">{words.text('overview.nothingRuns')}</p>}
    </section>
  );
};
