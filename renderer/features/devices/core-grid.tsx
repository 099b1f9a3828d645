import { bandOf } from '../../graphs/series.ts';
import '../../graphs/graphs.css';
import { useWords } from '../../words.tsx';
import type { CoreCell, CoreNode } from './core-cells.ts';

interface CoreGridProps {
  nodes: readonly CoreNode[];
  /** Cores that are chosen; absent while nothing is to be chosen. */
  chosen?: ReadonlySet<number> | undefined;
  onToggle?: (core: number) => void;
}

/** A cell for each core, filled as far as it is busy; with many cores small ones, which show where the heat is. */
export const CoreGrid = ({ nodes, chosen, onToggle }: CoreGridProps) => {
  const words = useWords();
  const count = nodes.reduce((sum, { cells }) => sum + cells.length, 0);
  return (
    <div className={`core-grid ${sizeOf(count)}`}>
      {nodes.map(({ node, cells }) => (
        <div key={node ?? 'all'} className="core-node" role="group" aria-label={words.text('devices.perCore')}>
          {node !== undefined && <span className="core-node-name">{words.text('device.numaNode', { node })}</span>}
          {cells.map((cell) => (
            <Cell key={cell.core} cell={cell} hasNumber={count <= 64} chosen={chosen} onToggle={onToggle} />
          ))}
        </div>
      ))}
    </div>
  );
};

const sizeOf = (count: number): string => {
  if (count > 128) return 'tiny';
  if (count > 32) return 'small';
  return count > 8 ? '' : 'wide';
};

interface CellProps {
  cell: CoreCell;
  hasNumber: boolean;
  chosen: ReadonlySet<number> | undefined;
  onToggle: ((core: number) => void) | undefined;
}

const Cell = ({ cell: { core, percent, share, isFree }, hasNumber, chosen, onToggle }: CellProps) => {
  const words = useWords();
  const name = [
    words.text('device.core', { core }),
    percent === undefined ? undefined : words.text('percent', { value: Math.round(percent) }),
    share === undefined ? undefined : words.text('device.inShare', { share }),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
  const body = (
    <>
      <span className={`core b${bandOf(percent ?? 0)}`}>
        <i style={{ height: `${percent ?? 0}%` }} />
      </span>
      {hasNumber && <span className="core-number">{core}</span>}
    </>
  );
  const className = `core-cell ${share === undefined ? '' : 'taken'}`;
  if (!onToggle) {
    return (
      <span className={className} title={name} role="img" aria-label={name}>
        {body}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={className}
      title={name}
      aria-label={name}
      aria-pressed={chosen?.has(core) ?? false}
      disabled={!isFree}
      onClick={() => onToggle(core)}
    >
      {body}
    </button>
  );
};
