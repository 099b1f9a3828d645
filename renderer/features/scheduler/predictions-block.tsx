import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { PredictionQuality } from '../../../shared/model/prediction.ts';
import { useParts } from '../../parts.tsx';
import { useWords, type Words } from '../../words.tsx';

/** How well time and memory were predicted, by kind of work, device and state of the worker; opened by whoever wants to know. */
export const PredictionsBlock = () => {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="block predictions" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <h2>{words.text('predictions.title')}</h2>
      </summary>
      {isOpen && <PredictionsTable />}
    </details>
  );
};

const columns = ['work', 'device', 'worker', 'runs', 'predicted', 'error', 'within', 'memory', 'deviceMemory'] as const;
/** The kinds of work that were predicted most; more than these nobody reads. */
const mostRows = 100;

const PredictionsTable = () => {
  const words = useWords();
  const store = useParts().predictions;
  const predictions = useStore(store, (state) => state.predictions);
  useEffect(() => store.watch(), [store]);
  if (!predictions) return null;
  if (predictions.length === 0) return <p className="dim">{words.text('predictions.none')}</p>;
  return (
    <table className="t" aria-label={words.text('predictions.title')}>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column} className={index > 2 ? 'num' : ''}>
              {words.text(`predictions.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {predictions.slice(0, mostRows).map((one) => (
          <tr key={[one.family, one.device, one.warm].join('\n')}>
            <th scope="row" title={one.family}>
              {lastPart(one.family)}
            </th>
            <td>{one.device}</td>
            <td>{workerText(one, words)}</td>
            <td className="num">{words.number(one.runs)}</td>
            <td className="num">{words.number(one.predicted)}</td>
            <td className="num">{percent(one.mape, words)}</td>
            <td className="num">{percent(one.p90Coverage, words)}</td>
            <td className="num">{one.memory ? percent(one.memory.mape, words) : '–'}</td>
            <td className="num">{one.deviceMemory ? percent(one.deviceMemory.mape, words) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** Of a model's path its name says enough; the whole of it is its title. */
const lastPart = (family: string): string => (family.startsWith('/') ? family.slice(family.lastIndexOf('/') + 1) : family);

const workerText = ({ warm }: PredictionQuality, words: Words): string =>
  warm === undefined ? '–' : words.text(warm ? 'predictions.warm' : 'predictions.cold');

const percent = (part: number, words: Words): string => `${words.number(100 * part)} %`;
