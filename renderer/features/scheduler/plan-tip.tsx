import { useEffect, useState } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { WaitReason } from '../../../shared/model/reason.ts';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { useWords } from '../../words.tsx';
import { deviceTitle } from '../devices/device-words.ts';
import { deadlineText, latestText, timesText } from './plan-words.ts';

interface PlanTipProps {
  run: PlannedRun;
  devices: readonly DeviceState[];
  now: number;
}

/** What a bar is: whose job, where, when, what that rests on, and why it does not run yet. */
export const PlanTip = ({ run, devices, now }: PlanTipProps) => {
  const words = useWords();
  const why = useWhy(run);
  const where = run.devices.map((id) => {
    const device = devices.find((candidate) => candidate.id === id);
    return device ? deviceTitle(device, words) : id;
  });
  const onProcessor = devices.some(({ id, kind }) => id === run.devices[0] && kind === 'cpu');
  const cores = onProcessor ? `, ${words.text('groups.limitCores', { count: run.cores })}` : '';
  const outcome = run.outcome && run.outcome !== 'succeeded' ? words.text(`state.${run.outcome}`) : undefined;
  return (
    <>
      <p className="tip-head">
        <b>{run.job.name}</b>
        <span className="mono">{run.job.id}</span>
      </p>
      <p>
        <i className={`sw ${groupColour(run.group)}`} />
        {run.group} · {where.join(' + ')}
        {cores}
      </p>
      <p>
        {outcome && <b>{outcome}. </b>}
        {timesText(run, now, words)}
      </p>
      <TipLine text={latestText(run, now, words)} />
      <TipLine text={deadlineText(run, now, words)} />
      <TipLine text={run.endsFrom && words.text(`plan.from.${run.endsFrom}`)} />
      {why && <p className="tip-why">{words.reason(why)}</p>}
    </>
  );
};

const TipLine = ({ text }: { text: string | undefined }) => text && <p className="dim">{text}</p>;

/** Somebody who rests on a bar wants to know; who moves over it does not. */
const restMs = 150;

/** Why a job that is planned waits, asked for when somebody looks at it. */
const useWhy = ({ job: { id }, kind }: PlannedRun): WaitReason | undefined => {
  const { jobs } = useParts();
  const [found, setFound] = useState<{ id: number; why: WaitReason | undefined }>();
  useEffect(() => {
    if (kind !== 'planned') return;
    let isOver = false;
    const timer = setTimeout(() => {
      void jobs.whyWaits(id).then((why) => {
        if (!isOver) setFound({ id, why });
      });
    }, restMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [jobs, id, kind]);
  return kind === 'planned' && found?.id === id ? found.why : undefined;
};
