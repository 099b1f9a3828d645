import type { PolicyName, PolicyOutcome, WhatIf, WhatIfSource, WhatIfStep } from '../../../../shared/contract/scheduler.ts';
import { consideredIn, nearIn } from '../../../../shared/model/considered.ts';
import { isEnded, type JobDetail } from '../../../../shared/model/job.ts';
import type { Explanation, Plan, PlannedRun } from '../../../../shared/model/plan.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import type { Scheduler, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';
import type { ForesightThread } from './foresight-thread-link.ts';
import { pastRunOf, toEndedRun, type PastRun } from './past-runs.ts';
import { pastQuestion } from './past-question.ts';
import { createSharedWork } from './shared-work.ts';
import { figuresOf, type MeasureCapacity } from './schedule-figures.ts';

/** What is going to happen, and what would: asked of copies of the queue, so that nothing changes. */
export interface Foresight {
  plan(limit: number, signal: AbortSignal): Promise<Plan>;
  /** The same job with its planned start, where it waits and that can be told. */
  withStart(job: JobDetail, signal: AbortSignal): Promise<JobDetail>;
  explain(job: JobDetail, signal: AbortSignal): Promise<Explanation>;
  /** Tells until the answer how far it has come. */
  whatIf(request: WhatIfRequest, signal: AbortSignal, tell?: (step: WhatIfStep) => void): Promise<WhatIf>;
  history(span: { from: number; to: number; limit: number }): Promise<{ runs: PlannedRun[]; beyond: number }>;
}

interface WhatIfRequest {
  readonly source: WhatIfSource;
  readonly policies: readonly PolicyName[];
  readonly runs: number;
}

interface ForesightOptions {
  readonly thread: ForesightThread;
  readonly scheduler: Pick<Scheduler, 'snapshot' | 'waiting' | 'counts' | 'policy'>;
  readonly reader: Pick<Reader, 'pastRuns' | 'pastRunCount'>;
  readonly jobs: {
    /** Of an unfinished job, as the scheduler knows it. */
    requestOf(job: number): TaskRequest | undefined;
    jobOfTask(task: string): TaskRequest['job'] | undefined;
    onChange(listener: () => void): () => void;
  };
  readonly policies: readonly PolicyName[];
  readonly measure: MeasureCapacity;
  readonly resources: readonly string[];
  readonly now: () => number;
}

/** Waiting tasks that are played with; those behind them stand so far back that they change little. */
const playedTasks = 5000;
/** For one of them; whoever asks for the plan as a whole asks for as many, so that they share it. */
const plannedAtLeast = 500;
/** To explain one that stands further back, all before it are played, up to so many. */
const mostPlayedTasks = 20_000;
/** Behind the one that is explained. */
const playedBehind = 500;
/** Of those ahead, so many are named. */
const aheadNamed = 5;
/** Runs of the past that are played. */
const pastRunsPlayed = 5000;
/** So many come from the reader thread in one message: a few milliseconds of the core's main thread. */
const pageRuns = 100;

export const createForesight = (options: ForesightOptions): Foresight => {
  const { thread, scheduler, reader, jobs, now, measure, resources } = options;
  const plans = createSharedWork<number, Plan>(async (limit, signal) => {
    const { waiting } = scheduler.counts;
    return thread.ask('plan', { snapshot: scheduler.snapshot(now(), playedTasks), waiting, limit }, signal);
  });
  jobs.onChange(plans.outdate);

  // ── One job ──

  const explain: Foresight['explain'] = async (job, signal) => {
    const ahead = job.position === undefined ? 0 : job.position - 1;
    const common = {
      job: { id: job.id, name: job.name },
      ...(job.wait && { wait: job.wait }),
      ...(job.position !== undefined && { position: job.position }),
      ...(job.prediction && { prediction: job.prediction }),
      ahead: scheduler.waiting(0, Math.min(aheadNamed, ahead)).flatMap((task) => jobs.jobOfTask(task) ?? []),
      aheadTotal: ahead,
    };
    const task = 'placement' in job.state || isEnded(job.state) ? undefined : jobs.requestOf(job.id);
    if (!task) return { ...common, ...asItRuns(job), remedies: [] };
    const played = Math.min(mostPlayedTasks, Math.max(playedTasks, ahead + playedBehind));
    const snapshot = scheduler.snapshot(now(), played);
    return { ...common, ...(await thread.ask('explain', { snapshot, task, policies: options.policies }, signal)) };
  };

  // ── The same jobs under other policies ──

  const whatIf: Foresight['whatIf'] = async ({ source, policies, runs }, signal, tell) => {
    const present = scheduler.policy;
    const { question, ...facts } = source.kind === 'queue' ? presentQueue() : await pastDay(source, runs, signal);
    const known = { source, present, from: question.snapshot.at, ...facts };
    const asked = { ...question, policies: [...new Set(policies)], listed: runs };
    const outcomes = await thread.ask('compare', asked, signal, ({ share, outcomes: soFar }) => {
      tell?.({ share, whatIf: { ...known, outcomes: [...soFar] } });
    });
    return { ...known, outcomes };
  };

  const presentQueue = () => {
    const { waiting } = scheduler.counts;
    const snapshot = scheduler.snapshot(now(), playedTasks);
    return { question: { snapshot }, beyond: Math.max(0, waiting - snapshot.waiting.length) };
  };

  const pastDay = async (span: { from: number; to: number }, listed: number, signal: AbortSignal) => {
    const { runs, beyond } = await readPast(span, pastRunsPlayed, signal);
    const question = pastQuestion(runs, span.from, scheduler.snapshot(now(), 0));
    return { question, beyond, recorded: recorded(runs, question.snapshot, listed) };
  };

  const recorded = (runs: readonly PastRun[], { at, capacity }: SchedulerSnapshot, listed: number): Omit<PolicyOutcome, 'policy'> => {
    const judged = runs.map(({ task, grant, startedAt, endedAt }) => ({
      job: task.job.id,
      group: task.group,
      enqueuedAt: task.enqueuedAt,
      startedAt,
      endsAt: endedAt,
      grant,
      ranBefore: startedAt < at,
      ...(task.deadline !== undefined && { deadline: task.deadline }),
    }));
    return { figures: figuresOf(judged, at, { capacity, measure, resources }), runs: runs.slice(0, listed).map(toEndedRun), unplanned: 0 };
  };

  // ── The past ──

  const readPast = async (span: { from: number; to: number }, limit: number, signal?: AbortSignal) => {
    const processors = scheduler.snapshot(now(), 0).capacity.devices.flatMap(({ id, kind }) => (kind === 'cpu' ? [id] : []));
    const total = await reader.pastRunCount(span.from, span.to);
    const runs: PastRun[] = [];
    for (let offset = 0; offset < Math.min(limit, total); offset += pageRuns) {
      signal?.throwIfAborted();
      const page = await reader.pastRuns(span.from, span.to, offset, Math.min(pageRuns, limit - offset));
      runs.push(...page.flatMap((record) => pastRunOf(record, processors) ?? []));
    }
    return { runs, beyond: Math.max(0, total - limit) };
  };

  return {
    plan: plans.ask,
    async withStart(job, signal) {
      if (job.state.kind !== 'pending' || job.position === undefined || job.position > playedTasks) return job;
      const { runs } = await plans.ask(Math.max(plannedAtLeast, job.position), signal);
      const run = runs.find(({ kind, job: { id } }) => kind === 'planned' && id === job.id);
      return run ? { ...job, startsAt: run.startsAt } : job;
    },
    explain,
    whatIf,
    async history({ limit, ...span }) {
      const { runs, beyond } = await readPast(span, limit);
      return { runs: runs.map(toEndedRun), beyond };
    },
  };
};

/** Of one that waits no more: what is known of its attempt. */
const asItRuns = (job: JobDetail): Pick<Explanation, 'startsAt' | 'endsAt' | 'endsAtLatest' | 'candidates' | 'near'> => {
  const { state, prediction } = job;
  const near = nearIn(state);
  const place = { candidates: consideredIn(state) ?? onlyPlace(job), ...(near && { near }) };
  if (isEnded(state)) return { ...(state.startedAt !== undefined && { startsAt: state.startedAt }), endsAt: state.endedAt, ...place };
  if (!('placement' in state)) return place;
  const { startedAt } = state;
  const endsAt = prediction && { endsAt: startedAt + prediction.p50Seconds * 1000, endsAtLatest: startedAt + prediction.p90Seconds * 1000 };
  return { startsAt: startedAt, ...endsAt, ...place };
};

/** Where there was no choice, the place that it has or had. */
const onlyPlace = (job: JobDetail): Explanation['candidates'] => {
  const { state } = job;
  const place = placeIn(job);
  const startedAt = 'startedAt' in state ? state.startedAt : undefined;
  if (!place || startedAt === undefined) return [];
  const { p50Seconds, from } = (isEnded(state) ? state.predicted : job.prediction) ?? {};
  return [
    {
      device: place.map(({ device }) => device).join('+'),
      deviceName: place.map(({ deviceName }) => deviceName).join(' + '),
      freeAt: startedAt,
      ...(p50Seconds !== undefined && from && { p50Seconds, from, finishesAt: startedAt + p50Seconds * 1000 }),
      isChosen: true,
    },
  ];
};

/** Of what has ended those that were granted stand before those where it was only seen. */
const placeIn = ({ state, demand }: JobDetail): readonly { device: string; deviceName: string }[] | undefined => {
  const held = isEnded(state) ? state.ranOn : 'placement' in state ? state.placement : undefined;
  if (!held) return undefined;
  const seen = isEnded(state) ? state.ranOn?.devices?.slice(0, demand.device?.count ?? 0) : undefined;
  const beside = seen ?? ('accelerators' in held ? held.accelerators : undefined) ?? [];
  return beside.length > 0 ? beside : [held];
};
