import type { JobResult } from '../../../../shared/model/application.ts';
import { useWords } from '../../../words.tsx';
import './results.css';

type LabelItems = Extract<JobResult, { kind: 'labels' }>['items'];
type LabelItem = LabelItems[number];

/** Labels with their scores: all of them for one thing, the best one each for many. */
export const LabelsResult = ({ items }: { items: LabelItems }) => {
  const words = useWords();
  const [only] = items;
  if (!only) return <p className="dim">{words.text('result.none')}</p>;
  if (items.length === 1) return <LabelBars item={only} />;
  return (
    <>
      <h3>{words.text('labels.count', { count: items.length })}</h3>
      {items.map((item, index) => (
        <details key={index} className="label-item" open={items.length <= 3}>
          <summary>
            <span className="what" title={item.file}>
              {item.file}
              {item.row !== undefined && <em> {words.text('labels.row', { row: item.row + 1 })}</em>}
            </span>
            <b>{item.best}</b>
            <em className="num">{words.fixed(scoreOf(item), 3)}</em>
          </summary>
          <LabelBars item={item} />
        </details>
      ))}
    </>
  );
};

const scoreOf = (item: LabelItem): number => item.labels.find(({ label }) => label === item.best)?.score ?? 0;

const LabelBars = ({ item }: { item: LabelItem }) => {
  const words = useWords();
  const ordered = item.labels.toSorted((a, b) => b.score - a.score);
  return (
    <ul className="label-bars" aria-label={item.file}>
      {ordered.map(({ label, score }) => (
        <li key={label} className={label === item.best ? 'best' : ''}>
          <span>{label}</span>
          <span className="sc">
            <i style={{ width: `${score * 100}%` }} />
          </span>
          <b>{words.fixed(score, 3)}</b>
        </li>
      ))}
    </ul>
  );
};
