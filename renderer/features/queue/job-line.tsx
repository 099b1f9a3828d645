import { memo } from 'react';
import type { JobRow } from '../../../shared/model/job.ts';
import { groupColour } from '../../ui/group-colour.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { countsText, endedPart, idOf, isEndedArray, isFolded, kindOf, nameOf } from './array-row.ts';
import { startText } from '../scheduler/plan-words.ts';
import { isStarted, markOf, preemptionText, reasonOf, soFar, startOf, stateText } from '../job/job-words.ts';

interface JobLineProps {
  index: number;
  /** Undefined while the row is on its way. */
  row: JobRow | undefined;
  /** Pixels from the top of the list. */
  top: number;
  now: number;
  /** When a waiting job should start, where that is known. */
  expectedAt: number | undefined;
  isOpen: boolean;
  isSelected: boolean;
  isCursor: boolean;
  onOpen: (index: number) => void;
  onPick: (index: number, isRange: boolean) => void;
}

/** One job in one line: state, progress and reason share fixed columns, so that nothing moves when it starts. */
export const JobLine = memo(({ index, row, top, now, expectedAt, isOpen, isSelected, isCursor, onOpen, onPick }: JobLineProps) => {
  const words = useWords();
  const style = { transform: `translateY(${top}px)` };
  const classes = `qr ${isOpen ? 'open' : ''} ${isSelected ? 'checked' : ''} ${isCursor ? 'cursor' : ''}`;
  if (!row) return <div className={classes} style={style} role="row" aria-rowindex={index + 2} aria-busy="true" />;
  const isManyEnded = isEndedArray(row);
  const start = isManyEnded ? undefined : startOf(row.state);
  const name = nameOf(row);
  return (
    <div
      className={classes}
      id={`row-${index}`}
      style={style}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-job={idOf(row)}
      onClick={(event) => (event.shiftKey || event.ctrlKey || event.metaKey ? onPick(index, event.shiftKey) : onOpen(index))}
    >
      <span className="c-ck" role="gridcell" onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={words.text('queue.select', { name })}
          checked={isSelected}
          onChange={(event) => onPick(index, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        />
      </span>
      <span className="c-st" role="gridcell">
        <StateMark mark={markOf({ kind: kindOf(row) })} title={isManyEnded ? words.text(`state.${kindOf(row)}`) : stateText(row, words)} />
      </span>
      <span className="c-job" role="gridcell" title={name}>
        {name}
      </span>
      <span className="c-runtime" role="gridcell">
        {words.text(`runtime.${row.runtime}`)}
      </span>
      <span className="c-group" role="gridcell">
        <i className={`sw ${groupColour(row.group)}`} />
        {row.group}
      </span>
      <span className="c-soFar" role="gridcell">
        {isManyEnded ? '–' : words.duration(soFar(row, now))}
      </span>
      <span className="c-start" role="gridcell">
        {start !== undefined ? words.clock(start) : expectedAt === undefined ? '–' : startText(expectedAt, now, words)}
      </span>
      <span className="c-progress" role="gridcell">
        <Telling row={row} />
      </span>
    </div>
  );
});

const Telling = ({ row }: { row: JobRow }) => {
  const words = useWords();
  if (isFolded(row)) {
    const counts = countsText(row, words);
    return (
      <span className="folded" title={counts}>
        {!isEndedArray(row) && <ProgressBar fraction={endedPart(row)} label={nameOf(row)} />}
        {counts}
      </span>
    );
  }
  if (row.progress && isStarted(row.state) && row.state.kind !== 'paused') {
    const fraction = row.progress.done / row.progress.total;
    return (
      <>
        <ProgressBar fraction={fraction} label={row.name} />
        {words.text('percent', { value: Math.floor(fraction * 100) })}
      </>
    );
  }
  const reason = reasonOf(row);
  const preempted = row.state.kind === 'pending' ? preemptionText(row, words) : undefined;
  const why = reason ? words.reason(reason) : stateText(row, words);
  const sentence = preempted === undefined ? why : `${preempted} ${why}`;
  return <span title={sentence}>{sentence}</span>;
};
