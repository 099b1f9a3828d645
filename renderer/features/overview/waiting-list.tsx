import { Link } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords, type Words } from '../../words.tsx';
import { startText } from '../scheduler/plan-words.ts';
import { soFar } from '../job/job-words.ts';
import type { RowsStore } from './rows-store.ts';

/** The head of the queue, each with the reason why it waits. */
export const WaitingList = ({ list }: { list: RowsStore }) => {
  const words = useWords();
  const { total, rows } = useStore(list);
  const { clock, plan } = useParts();
  const now = useStore(clock);
  const starts = useStore(plan, (state) => state.starts);
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('section.waiting')}</h2>
        <span className="n">{total === undefined ? '' : words.number(total)}</span>
        <span className="grow" />
        <Link className="lnk" href="/queue">
          {words.text('overview.allInQueue')}
        </Link>
      </div>
      <table className="t waiting">
        <thead>
          <tr>
            <th className="c-pos num">#</th>
            <th className="c-st">
              <span className="unseen">{words.text('column.state')}</span>
            </th>
            <th className="c-name">{words.text('column.job')}</th>
            <th>{words.text('column.waitsFor')}</th>
            <th className="c-sofar num">{words.text('column.soFar')}</th>
            <th className="c-starts num">{words.text('column.starts')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.id} className={index === 0 ? 'first' : ''}>
              <td className="c-pos num">{row.position === undefined ? '' : words.number(row.position)}</td>
              <td className="c-st">
                <StateMark mark="waiting" />
              </td>
              <td className="name">
                <Link href={`/queue/${row.id}`} title={row.name}>
                  {row.name}
                </Link>
              </td>
              <td className="why" title={row.wait && words.reason(row.wait)}>
                {row.wait && words.reason(row.wait)}
              </td>
              <td className="num">{words.duration(soFar(row, now))}</td>
              <td className="num">{startOf(starts.get(row.id)?.startsAt, now, words)}</td>
            </tr>
          ))}
          {total === 0 && (
            <tr>
              <td className="none" colSpan={6}>
                {words.text('overview.nothingWaits')}{' '}
                <Link className="lnk" href="/run">
                  {words.text('action.newJob')}
                </Link>
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
};

const startOf = (at: number | undefined, now: number, words: Words): string => (at === undefined ? '–' : startText(at, now, words));
