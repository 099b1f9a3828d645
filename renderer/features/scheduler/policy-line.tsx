import type { PolicyName } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { Icon } from '../../ui/icon.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { useWords } from '../../words.tsx';
import { figureNames, type FigureCell, type FigureName } from './figures.ts';
import { differenceText, figureText } from './figure-words.ts';

interface PolicyLineProps {
  policy: PolicyName;
  isInUse: boolean;
  isBusy: boolean;
  /** Its plan is shown below instead of the real one. */
  isLookedAt: boolean;
  cells: Readonly<Record<FigureName, FigureCell>> | undefined;
  /** What makespans are counted from. */
  start: number;
  /** Why it could not be applied. */
  problem: Outcome;
  onUse: () => void;
  onLook: () => void;
}

/** One policy: what it does, how the queue would fare under it, and the way to it. */
export const PolicyLine = ({ policy, isInUse, isBusy, isLookedAt, cells, start, problem, onUse, onLook }: PolicyLineProps) => {
  const words = useWords();
  const isConnected = useConnected();
  const name = words.text(`policy.${policy}`);
  return (
    <tr className={`${isInUse ? 'in-use' : ''} ${isLookedAt ? 'looked-at' : ''}`} aria-current={isInUse ? 'true' : undefined}>
      <th scope="row" className="c-policy" title={words.text(`policy.${policy}.does`)}>
        <b>{name}</b>
        {problem ? (
          <small className="refused" role="alert">
            {words.problem(problem)}
          </small>
        ) : (
          <small>{words.text(`policy.${policy}.brief`)}</small>
        )}
      </th>
      {figureNames.map((figure) => (
        <FigureField key={figure} name={figure} cell={cells?.[figure]} start={start} />
      ))}
      <td className="c-use num">
        {isInUse ? (
          <span className="in-use-mark">
            <Icon name="check" />
            {words.text('policy.inUse')}
          </span>
        ) : (
          <>
            <button
              type="button"
              className="lnk"
              disabled={!isConnected}
              aria-pressed={isLookedAt}
              aria-label={words.text('policies.previewWhat', { policy: name })}
              onClick={onLook}
            >
              {words.text('policies.preview')}
            </button>
            <button
              type="button"
              className="btn small"
              disabled={!isConnected || isBusy}
              aria-label={words.text('policies.useWhat', { policy: name })}
              onClick={onUse}
            >
              {words.text('policies.use')}
            </button>
          </>
        )}
      </td>
    </tr>
  );
};

const FigureField = ({ name, cell, start }: { name: FigureName; cell: FigureCell | undefined; start: number }) => {
  const words = useWords();
  const difference = cell ? differenceText(name, cell, words) : '';
  return (
    <td className={`c-figure c-${name} num ${cell?.isBest ? 'best' : ''}`}>
      <span>{cell ? figureText(name, cell.value, start, words) : ''}</span>
      <small className={cell?.isBetter ? 'better' : 'worse'}>{difference}</small>
      <i style={{ width: `${(cell?.part ?? 0) * 100}%` }} />
    </td>
  );
};
