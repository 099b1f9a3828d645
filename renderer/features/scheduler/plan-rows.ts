import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { placeBars, type GanttBar, type PlacedBar, type RowShape } from '../../graphs/gantt-layout.ts';
import { groupColour } from '../../ui/group-colour.ts';

/** A device with what ran, runs and should run there. */
export interface PlanRow extends RowShape {
  device: DeviceState;
  bars: readonly PlacedBar[];
  /** What the height of the row stands for: cores, or as many as use it at once. */
  scale: number;
}

/** What has ended is told by the journal, what starts by the plan; they agree to about this. */
const clockSlackMs = 1_500;

const tenses = { ended: 'past', running: 'present', planned: 'future' } as const;

/** Runs keep their key while they go on: an ended one is named by when it began, since a job may have run before. */
export const keyOf = ({ job, part, kind, startsAt }: PlannedRun): string =>
  `${job.id}.${part ?? 0}${kind === 'ended' ? `.${startsAt}` : ''}`;

/** A row for each device, in the order of the devices page. A processor's row counts cores, any other how many share it. */
export const rowsOf = (runs: readonly PlannedRun[], devices: readonly DeviceState[]): readonly PlanRow[] => {
  const byDevice = new Map<string, PlannedRun[]>();
  for (const run of runs) {
    for (const device of run.devices) {
      const known = byDevice.get(device);
      if (known) known.push(run);
      else byDevice.set(device, [run]);
    }
  }
  return devices.map((device) => {
    const here = byDevice.get(device.id) ?? [];
    const isProcessor = device.kind === 'cpu';
    const { bars, size } = placeBars(
      here.map((run) => barOf(run, isProcessor ? run.cores : 1)),
      isProcessor ? (device.cores ?? 1) : 1,
      clockSlackMs,
    );
    return {
      key: device.id,
      device,
      bars,
      scale: size,
      lanes: size,
      size: isProcessor ? size : undefined,
      isUsed: bars.length > 0 || device.state !== 'ready',
    };
  });
};

/**
 * What was and what is ahead, each run once: history may know already that one has ended which the plan still has running. A preview
 * goes on from a moment of its own, so nothing that began later belongs to it.
 */
export const joinRuns = (
  past: readonly PlannedRun[],
  ahead: readonly PlannedRun[],
  previewFrom: number | undefined,
): readonly PlannedRun[] => {
  const goingOn = new Map(ahead.filter(({ kind }) => kind === 'running').map(({ job, startsAt }) => [job.id, startsAt]));
  const isAhead = ({ job, startsAt }: PlannedRun) => Math.abs(startsAt - (goingOn.get(job.id) ?? -Infinity)) < clockSlackMs;
  const horizon = previewFrom ?? Infinity;
  return [...past.filter((run) => run.startsAt < horizon && !isAhead(run)), ...ahead];
};

const barOf = (run: PlannedRun, size: number): GanttBar => ({
  key: keyOf(run),
  tense: tenses[run.kind],
  from: run.startsAt,
  // Nobody knows how long it takes: it is drawn as if it never ended.
  to: run.endsAt ?? Infinity,
  latest: run.kind === 'ended' ? undefined : run.endsAtLatest,
  flag: run.kind === 'ended' ? undefined : run.deadline,
  size,
  label: run.part === undefined ? run.job.name : `${run.job.name} ${run.part}`,
  colour: groupColour(run.group),
});

/** As many runs as a window should show when somebody first looks; of more the bars would be too narrow. */
const firstSeen = 40;

/** When the first runs should have ended: what a window that nobody has chosen reaches to. */
export const horizonOf = (runs: readonly PlannedRun[], now: number): number =>
  Math.max(now, ...runs.slice(0, firstSeen).map(({ startsAt, endsAt }) => endsAt ?? startsAt));

/** From the first to the last moment that anything is known of, and a little more. */
export const extentOf = (runs: readonly PlannedRun[], now: number): { from: number; to: number } => {
  let from = now;
  let to = now;
  for (const { startsAt, endsAt, endsAtLatest, deadline } of runs) {
    from = Math.min(from, startsAt);
    to = Math.max(to, startsAt, endsAt ?? 0, endsAtLatest ?? 0, deadline ?? 0);
  }
  const margin = (to - from) * 0.03;
  return { from: from - margin, to: to + margin };
};
