import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Reservation } from '../../../shared/contract/scheduler.ts';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { Gantt } from '../../graphs/gantt.tsx';
import type { GanttRow } from '../../graphs/gantt-props.ts';
import { foldRows, rowHeights, type BarPlace } from '../../graphs/gantt-layout.ts';
import type { PlanTime } from '../../graphs/use-plan-window.ts';
import { Icon } from '../../ui/icon.tsx';
import { useParts } from '../../parts.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords, type Words } from '../../words.tsx';
import { deviceIcon, deviceTitle, whyNot } from '../devices/device-words.ts';
import { keyOf, rowsOf, type PlanRow } from './plan-rows.ts';
import { PlanTable } from './plan-table.tsx';
import { PlanTip } from './plan-tip.tsx';
import { reservedSpans } from './reserved-spans.ts';
import { runSentence } from './plan-words.ts';

interface PlanChartProps {
  runs: readonly PlannedRun[];
  devices: readonly DeviceState[];
  time: PlanTime;
  /** Of the place that there is for it. */
  height: number;
  open: number | undefined;
  onOpen: (job: number) => void;
}

const none: readonly Reservation[] = [];
const axisHeight = 24;
const foldHeight = 30;
/** With less room than this a list beneath the chart would say too little. */
const leastList = 150;

/** A row for each device with what ran, runs and should run there. Of many devices only those with work are shown. */
export const PlanChart = ({ runs, devices, time, height, open, onOpen }: PlanChartProps) => {
  const words = useWords();
  const [isUnfolded, setUnfolded] = useState(false);
  const shape = useShape(devices);
  const reservations = useStore(useParts().reservations, (state) => state.reservations) ?? none;
  const rows = useMemo(() => {
    const spansOf = (device: DeviceState) => reservedSpans(device, reservations);
    return rowsOf(runs, shape).map((row) => ({ ...row, spans: spansOf(row.device), isUsed: row.isUsed || spansOf(row.device).length > 0 }));
  }, [runs, shape, reservations]);
  const byKey = useMemo(() => new Map(runs.map((run) => [keyOf(run), run])), [runs]);
  const marked = useMemo(() => new Set(runs.filter(({ job }) => job.id === open).map(keyOf)), [runs, open]);
  const { shown, folded } = foldRows(rows, isUnfolded);
  const around = axisHeight + (folded.length > 0 || isUnfolded ? foldHeight : 0);
  const heights = rowHeights(shown, height - around);
  const left = height - around - heights.reduce((sum, one) => sum + one, 0);
  const ahead = useMemo(() => runs.filter(({ kind }) => kind !== 'ended'), [runs]);
  const runAt = ({ bar }: BarPlace): PlannedRun | undefined => byKey.get(bar);
  return (
    <>
      <Gantt
        label={words.text('plan.keys')}
        rows={shown.map((row, index) => ({
          ...ganttRow(row, heights[index] ?? 0, words),
          spans: row.spans.map((span) => ({ ...span, label: words.text('plan.reserved', { group: span.label }) })),
        }))}
        time={time}
        marked={marked}
        describe={(place) => {
          const run = runAt(place);
          return run ? runSentence(run, time.now, words) : '';
        }}
        tip={(place) => {
          const run = runAt(place);
          return run && <PlanTip run={run} devices={devices} now={time.now} />;
        }}
        onOpen={(place) => {
          const run = runAt(place);
          if (run) onOpen(run.job.id);
        }}
      />
      {(folded.length > 0 || isUnfolded) && (
        <button type="button" className="lnk plan-fold" aria-expanded={isUnfolded} onClick={() => setUnfolded(!isUnfolded)}>
          <Icon name={isUnfolded ? 'down' : 'right'} />
          {isUnfolded
            ? words.text('plan.fold')
            : words.text('plan.folded', { count: folded.length, devices: folded.map(({ device }) => deviceTitle(device, words)) })}
        </button>
      )}
      {left >= leastList && ahead.length > 0 && (
        <div className="plan-next" style={{ height: left }}>
          <h3>{words.text('plan.next')}</h3>
          <div className="plan-next-list">
            <PlanTable label={words.text('plan.next')} runs={ahead} devices={devices} now={time.now} onOpen={onOpen} />
          </div>
        </div>
      )}
      {runs.length === 0 && (
        <p className="plan-empty">
          {words.text('plan.empty')}{' '}
          <Link className="lnk" href="/run">
            {words.text('action.newJob')}
          </Link>
        </p>
      )}
    </>
  );
};

/** The devices as far as the chart depends on them: measurements come every second and change nothing here. */
const useShape = (devices: readonly DeviceState[]): readonly DeviceState[] => {
  const key = devices.map(({ id, cores, state, sentence }) => [id, cores, state, sentence].join(' ')).join('\n');
  const [kept, setKept] = useState({ key, devices });
  if (kept.key === key) return kept.devices;
  setKept({ key, devices });
  return devices;
};

const ganttRow = ({ key, device, bars, scale }: PlanRow, height: number, words: Words): GanttRow => {
  const why = bars.length === 0 ? whyNot(device, words) : undefined;
  return {
    key,
    bars,
    size: scale,
    height,
    title: (
      <>
        {device.parent === undefined ? <Icon name={deviceIcon(device)} /> : <i className="gantt-share" />}
        <Link href={`/devices/${device.id}`} title={device.name}>
          {deviceTitle(device, words)}
        </Link>
        <span>{sizeText(device, words)}</span>
      </>
    ),
    note: why && (
      <>
        <StateMark mark={device.state === 'drained' ? 'paused' : 'failed'} />
        {why}
      </>
    ),
  };
};

const sizeText = ({ kind, cores, memory, state }: DeviceState, words: Words): string => {
  if (kind === 'cpu') return cores === undefined ? '' : words.text('overview.cores', { count: cores });
  return state === 'ready' && memory ? words.bytes(memory.totalBytes).replace(/\.0 /, ' ') : '';
};
