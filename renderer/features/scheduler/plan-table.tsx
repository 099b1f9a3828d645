import { useMemo, useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords, type Words } from '../../words.tsx';
import { deviceTitle } from '../devices/device-words.ts';
import { markOf } from '../job/job-words.ts';
import { keyOf } from './plan-rows.ts';
import { momentText } from './plan-words.ts';

interface PlanTableProps {
  label: string;
  runs: readonly PlannedRun[];
  devices: readonly DeviceState[];
  now: number;
  onOpen: (job: number) => void;
}

const rowHeights = { dense: 28, comfortable: 40 };
const columns = ['job', 'group', 'where', 'starts', 'ends', 'latest', 'deadline'] as const;
const ranks = { running: 0, planned: 1, ended: 2 } as const;

/** The numbers behind the chart: what runs, then what is next, then what has ended, the latest first. */
export const PlanTable = ({ label, runs, devices, now, onOpen }: PlanTableProps) => {
  const words = useWords();
  const room = useStore(useParts().preferences, (values) => values.rows);
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => runs.toSorted((one, other) => ranks[one.kind] - ranks[other.kind]), [runs]);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeights[room],
    overscan: 10,
  });
  const titles = new Map(devices.map((device) => [device.id, deviceTitle(device, words)]));
  return (
    <div className="plan-table" ref={scroller} role="table" tabIndex={0} aria-label={label} aria-rowcount={sorted.length + 1}>
      <div className="pr ph-row" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <span key={column} role="columnheader" className={`c-${column}`}>
            {words.text(`plan.column.${column}`)}
          </span>
        ))}
      </div>
      <div className="pr-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const run = sorted[index];
          if (!run) return null;
          return (
            <div
              key={keyOf(run)}
              className="pr"
              role="row"
              aria-rowindex={index + 2}
              style={{ transform: `translateY(${start}px)`, height: rowHeights[room] }}
            >
              <Cells run={run} titles={titles} now={now} words={words} onOpen={onOpen} />
            </div>
          );
        })}
      </div>
    </div>
  );
};

interface CellsProps {
  run: PlannedRun;
  titles: ReadonlyMap<string, string>;
  now: number;
  words: Words;
  onOpen: (job: number) => void;
}

const Cells = ({ run, titles, now, words, onOpen }: CellsProps) => {
  const { kind, startsAt, endsAt, endsAtLatest, deadline } = run;
  const at = (moment: number | undefined, isPredicted: boolean) =>
    moment === undefined ? '–' : momentText(moment, now, isPredicted, words);
  const state = kind === 'ended' ? (run.outcome ?? 'succeeded') : kind === 'running' ? 'running' : 'pending';
  return (
    <>
      <span role="cell" className="c-job">
        <StateMark mark={markOf({ kind: state })} title={words.text(`state.${state}`)} />
        <button type="button" className="plan-open" onClick={() => onOpen(run.job.id)}>
          {run.part === undefined ? run.job.name : `${run.job.name} ${run.part}`}
        </button>
      </span>
      <span role="cell">
        <i className={`sw ${groupColour(run.group)}`} />
        {run.group}
      </span>
      <span role="cell">{run.devices.map((id) => titles.get(id) ?? id).join(' + ')}</span>
      <span role="cell" className="num">
        {at(startsAt, kind === 'planned')}
      </span>
      <span role="cell" className="num">
        {at(endsAt, kind !== 'ended')}
      </span>
      <span role="cell" className="num">
        {kind === 'ended' ? '' : at(endsAtLatest, true)}
      </span>
      <span role="cell" className="num">
        {deadline === undefined ? '' : at(deadline, false)}
      </span>
    </>
  );
};
