import { useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { followLength, lengthFor, planLengths, type PlanLength } from '../../graphs/plan-window.ts';
import { usePlanWindow } from '../../graphs/use-plan-window.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { useSize } from '../../ui/use-size.ts';
import { useWords } from '../../words.tsx';
import { TableButton } from '../devices/graph-group.tsx';
import { PlanChart } from './plan-chart.tsx';
import { PlanTable } from './plan-table.tsx';
import { extentOf, horizonOf, joinRuns } from './plan-rows.ts';

interface PlanBlockProps {
  devices: readonly DeviceState[];
  /** The job whose panel is open. */
  open: number | undefined;
  onOpen: (job: number) => void;
}

const noRuns: readonly PlannedRun[] = [];

/** Past, present and plan of every device on one time line, or the same as a table. */
export const PlanBlock = ({ devices, open, onOpen }: PlanBlockProps) => {
  const words = useWords();
  const { plan: planStore, past, whatIf, clock } = useParts();
  const { plan, problem } = useStore(planStore);
  const preview = useStore(whatIf, (state) => state.preview);
  const before = useStore(past, (state) => state.runs);
  const now = useStore(clock);
  const [isTable, setTable] = useState(false);
  const [chosen, setChosen] = useState<PlanLength>();
  const place = useRef<HTMLDivElement>(null);
  const { height } = useSize(place);

  const ahead = preview?.runs ?? plan?.runs ?? noRuns;
  const runs = useMemo(() => joinRuns(before, ahead, preview?.from), [before, ahead, preview?.from]);
  const extent = useMemo(() => extentOf(runs, plan?.madeAt ?? 0), [runs, plan?.madeAt]);
  const fitting = plan && ahead.length > 0 ? lengthFor(plan.madeAt, horizonOf(ahead, plan.madeAt)) : undefined;
  const lengthMs = useLength(fitting, chosen);
  const time = usePlanWindow(lengthMs, Math.max(now, plan?.madeAt ?? 0), extent);
  return (
    <section className="block plan" aria-label={words.text('plan.title')}>
      <div className="bh">
        <h2>{words.text('plan.title')}</h2>
        <PlanNote />
        <Legend />
        <span className="grow" />
        {time.isZoomed && (
          <button type="button" className="lnk" onClick={time.onWhole}>
            {words.text('plan.follow')}
          </button>
        )}
        <SegmentedControl
          label={words.text('graph.range')}
          options={planLengths.map((length) => ({ name: String(length), label: words.duration(length / 1000) }))}
          chosen={String(lengthMs)}
          onChoose={(name) => {
            setChosen(planLengths.find((length) => String(length) === name));
            time.onWhole();
          }}
        />
        <TableButton isTable={isTable} onChange={setTable} />
      </div>
      {problem && (
        <p className="refused" role="alert">
          {words.problem(problem)}
        </p>
      )}
      <div className="plan-place" ref={place}>
        {isTable ? (
          <PlanTable label={words.text('plan.title')} runs={runs} devices={devices} now={time.now} onOpen={onOpen} />
        ) : (
          <PlanChart runs={runs} devices={devices} time={time} height={height} open={open} onOpen={onOpen} />
        )}
      </div>
    </section>
  );
};

/** The length that somebody has chosen, else one that follows the plan. */
const useLength = (fitting: PlanLength | undefined, chosen: PlanLength | undefined): PlanLength => {
  const [followed, setFollowed] = useState<PlanLength>();
  const next = fitting === undefined ? followed : followLength(followed, fitting);
  if (next !== followed) setFollowed(next);
  return chosen ?? next ?? planLengths[1];
};

/** Whose plan this is, and what it leaves out. */
const PlanNote = () => {
  const words = useWords();
  const { plan: planStore, whatIf, status } = useParts();
  const plan = useStore(planStore, (state) => state.plan);
  const preview = useStore(whatIf, (state) => state.preview);
  const policy = useStore(status, (state) => state.status?.policy);
  if (preview) {
    return (
      <span className="plan-preview">
        {words.text('plan.wouldBe', { policy: words.text(`policy.${preview.policy}`) })}
        <button type="button" className="lnk" onClick={() => void whatIf.look(undefined)}>
          {words.text('policies.previewed')}
        </button>
      </span>
    );
  }
  if (!plan || !policy) return <span className="n">{words.text('plan.reading')}</span>;
  const notes = [
    words.text('plan.under', { policy: words.text(`policy.${policy}`) }),
    plan.isPaused ? words.text('plan.paused') : undefined,
    plan.beyond > 0 ? words.text('plan.beyond', { count: plan.beyond }) : undefined,
    plan.unplanned > 0 ? words.text('plan.unplanned', { count: plan.unplanned }) : undefined,
  ];
  const text = notes.filter((note) => note !== undefined).join('; ');
  return (
    <span className="n plan-note" title={text}>
      {text}
    </span>
  );
};

/** What the marks mean, which is the same on every page. */
const Legend = () => {
  const words = useWords();
  return (
    <span className="legend" aria-hidden="true">
      <i className="was" />
      {words.text('plan.was')}
      <i className="will" />
      {words.text('plan.predicted')}
      <i className="tail" />
      {words.text('plan.latest')}
      <Icon name="flag" />
      {words.text('plan.deadline')}
    </span>
  );
};
