import type { Status, Notice } from '../../../../shared/contract/app.ts';
import type { GroupChange, PolicyName, Reservation, ReservationRequest } from '../../../../shared/contract/scheduler.ts';
import type { ApplicationManifest } from '../../../../shared/model/application.ts';
import type { Device } from '../../../../shared/model/device.ts';
import { isEnded, type JobSpec, type JobState, type Operations, type SubmittedJob } from '../../../../shared/model/job.ts';
import type { FileStore } from '../../infrastructure/storage/file-store.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { Layout } from '../../infrastructure/storage/layout.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { createEmitter, type Emitter } from '../../lib/emitter.ts';
import { inSlices } from '../../lib/in-slices.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { CreateDivider } from '../../division-port.ts';
import type { Backend } from '../../ports.ts';
import type { Decision, EndsFor, Grant, Scheduler, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { lookAtAdoptable, type Labels } from './adopt.ts';
import { createAlarm } from './alarm.ts';
import { createArrays, memberOf, membersOf, numbersIn, plainSpec, sizeOf, type Arrays } from './arrays.ts';
import { checkApplications } from './check-applications.ts';
import { checkFiles, uploadsIn } from './check-files.ts';
import { checkTimes } from './check-times.ts';
import { demandOf, deviceWorkOf, workOf } from './demand.ts';
import { createDependencies, namesNone, type NeverReason } from './dependencies.ts';
import { createEstimating, type Foresight } from './estimating.ts';
import type { Executor, Machine, RunTimes } from './execution.ts';
import { checkDivision, splitOf } from './division/parts-of.ts';
import { createExecutor } from './executor.ts';
import { leaveLine, standInLine } from './in-line.ts';
import { defaultName, entryOf, hasStarted, leadOf, requestOf, taskOf, taskOfEntry, type Demand, type JobEntry } from './job-entry.ts';
import { createEndedCounts } from './ended-counts.ts';
import { atOnce, checkGang, gangOf, inOneGo, readBroken, type EndedMember, type Start } from './gangs.ts';
import { createJobTable, type JobTable } from './job-table.ts';
import { createJobViews, type JobViews } from './job-views.ts';
import { changedGroup, groupSetting } from './group-settings.ts';
import { grantOf } from './placement.ts';
import { readUnfinished } from './read-unfinished.ts';
import {
  reservationsNow,
  reservationsSetting,
  reservedParts,
  withoutReservation,
  withReservation,
  type SavedReservations,
} from './reservations.ts';
import { createSharing } from './sharing.ts';

export interface JobsOptions {
  readonly layout: Layout;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly files: FileStore;
  /** Paused, so that nothing starts before all jobs of the journal are in line. */
  readonly scheduler: Scheduler;
  /** Whether it stays paused. */
  readonly isPaused: boolean;
  readonly reservations: SavedReservations;
  readonly backends: readonly Backend[];
  readonly manifests: readonly ApplicationManifest[];
  readonly machine: Machine;
  readonly createDivider: CreateDivider;
  readonly runTimes: RunTimes & Foresight & Weighing;
  /** What processes hold of devices beside the processor. */
  readonly deviceMemoryOf: (pids: readonly number[]) => Grant['accelerators'];
  readonly lifetime: Lifetime;
  readonly now: () => number;
}

/** The queue: accepts jobs, keeps them through every crash, and drives them to their end. */
export interface Jobs {
  readonly table: JobTable;
  readonly views: JobViews;
  readonly notices: Emitter<Notice>;
  /** Answers a number for each: that of the job or of the array. */
  submit(jobs: readonly SubmittedJob[]): Promise<number[]>;
  readonly arrays: Arrays;
  /** Takes in a process that runs already; it never waits in line. */
  adopt(pid: number, labels: Labels): Promise<number>;
  cancel(ids: readonly number[]): Promise<void>;
  hold(ids: readonly number[]): Promise<void>;
  release(ids: readonly number[]): Promise<void>;
  retry(ids: readonly number[]): Promise<void>;
  next(ids: readonly number[]): Promise<void>;
  /** Stops running jobs where they stand. */
  pauseJobs(ids: readonly number[]): Promise<void>;
  resumeJobs(ids: readonly number[]): Promise<void>;
  /** Of the queue. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  setPolicy(policy: PolicyName): Promise<void>;
  setGroup(change: GroupChange): Promise<void>;
  reservations(): Reservation[];
  /** Answers its number. */
  addReservation(asked: ReservationRequest): Promise<number>;
  removeReservation(id: number): Promise<void>;
  /** What the machine can grant has changed. */
  capacityChanged(capacity: Machine['capacity']): void;
  measured: Executor['measured'];
  tookTime: Executor['tookTime'];
  seenOn: Executor['seenOn'];
  devicesLost: Executor['devicesLost'];
  deviceMemoryExceeded: Executor['deviceMemoryExceeded'];
  /** A waiting or held job as the scheduler knows it. */
  requestOf(id: number): TaskRequest | undefined;
  /** Jobs that unfinished ones wait for, each with one that does. */
  needed(): ReadonlyMap<number, { readonly id: number; readonly name: string }>;
  readonly counts: Status['counts'];
  /** Whether ending the core now would throw away running work. */
  readonly runsUnrecoverable: boolean;
}

/** What was found of how much a job has to do. */
interface KnownWork {
  readonly inputBytes: number | undefined;
  readonly operations: Operations | undefined;
}

interface Weighing {
  /** What the models of new jobs do, for those whose time only that could tell. */
  operationsOf(specs: readonly JobSpec[], inputBytes: readonly (number | undefined)[]): Promise<readonly (Operations | undefined)[]>;
}

/** More than this many unfinished jobs are refused; the journal would take them, a person could not. */
const queueLimit = 200_000;

/** Opens the queue as the journal left it. Nothing starts before the backends have looked for leftovers of an earlier core. */
export const createJobs = async (options: JobsOptions): Promise<Jobs> => {
  const { journal, reader, scheduler, now } = options;
  const sharing = createSharing();
  const [unfinished, highest, peakRows, kinds, endedArrays] = await Promise.all([
    readUnfinished(reader, sharing),
    reader.highest(),
    reader.peaks(),
    reader.counts(),
    reader.arrayCounts(),
  ]);
  const peaks = new Map(peakRows.map((row) => [row.work, row.memory_bytes]));
  const endedCounts = createEndedCounts({ kinds, arrays: endedArrays });
  const table = createJobTable({ scheduler, now, highestRevision: highest.revision, endedCounts });
  const arrays = createArrays({ table, reader });
  const views = createJobViews({
    table,
    arrays,
    reader,
    scheduler,
    endedCounts,
    now,
    predict: (job) => options.runTimes.predict(job, job.state),
    qualityOf: options.runTimes.qualityOf,
    nameOf: (id) => options.machine.devices.find((device) => device.id === id)?.name ?? id,
  });
  const dependencies = createDependencies({ table, reader });
  const notices = createEmitter<Notice>();
  let latestAdoption: Promise<unknown> = Promise.resolve();
  let lastId = highest.id;
  let lastBoost = highest.boost;

  const apply = (event: SchedulerEvent): void => {
    inOneGo(scheduler.apply(event, now())).forEach(carryOut);
    setAlarm();
    table.changed();
  };

  const carryOut = (decision: Exclude<Decision, Start> | readonly Start[]): void => {
    if ('kind' in decision && decision.kind === 'reject') return rejectTask(decision);
    // A core that ends begins nothing more, even where what ends with it makes room: who waits is for the next one.
    if (options.lifetime.signal.aborted) return;
    if (!('kind' in decision)) start(decision);
    else if (decision.kind === 'resume') executor.goOn(decision);
    else executor.preempt(decision);
  };

  const setAlarm = createAlarm({ ...options, at: () => scheduler.wakeAt, ring: () => apply(timeEvent()) });

  let reservations = options.reservations;
  /** One that comes again is worked out for some time ahead, so that more of it comes in sight whenever one is over. */
  const timeEvent = (): SchedulerEvent =>
    reservations.kept.length > 0 ? { kind: 'reservedChanged', parts: reservedParts(reservations, now()) } : { kind: 'timePassed' };
  const reserve = async (next: SavedReservations): Promise<void> => {
    reservations = next;
    apply({ kind: 'reservedChanged', parts: reservedParts(next, now()) });
    await setSetting(reservationsSetting, JSON.stringify(next));
  };

  const start = (decisions: readonly Start[]): void => {
    for (const { task } of decisions) {
      const entry = table.jobOfTask(task);
      if (entry) estimates.forget(entry);
    }
    executor.start(decisions);
  };

  const rejectTask = ({ task, because, isNotNeeded }: Extract<Decision, { kind: 'reject' }>): void => {
    const entry = table.jobOfTask(task);
    // The parts of a divided job are rejected one after the other.
    if (entry && !isEnded(entry.state)) reject(entry, { code: isNotNeeded ? 'not-needed' : 'dependency-failed', values: { job: because } });
  };

  const reject = (entry: JobEntry, reason: NeverReason): void => {
    estimates.forget(entry);
    const kind = reason.code === 'not-needed' ? 'cancelled' : 'failed';
    void executor.end(entry, { kind, attempt: entry.attempts, endedAt: now(), reason });
  };

  const tell = (events: readonly SchedulerEvent[]): void => {
    if (events.length > 0) apply({ kind: 'together', events });
  };

  const runTimes: RunTimes = {
    ...options.runTimes,
    learn(job) {
      options.runTimes.learn(job);
      estimates.learned(job);
    },
  };
  const estimates = createEstimating({ foresight: options.runTimes, lifetime: options.lifetime, now, apply });
  const executor = createExecutor({ ...options, runTimes, table, notices, peaks, apply });

  // ── Accepting ──

  const submit = async (requests: readonly SubmittedJob[]): Promise<number[]> => {
    const count = requests.reduce((sum, request) => sum + sizeOf(request), 0);
    if (table.activeCount + count > queueLimit) throw new Refusal({ code: 'queue-full', values: { limit: queueLimit } });
    requests.forEach(checkGang);
    const jobs = await Promise.all(requests.map(namingJobs));
    const specs = jobs.map(plainSpec);
    checkTimes(specs, now());
    checkApplications(specs, options.manifests, options.files.resolve);
    // Who asks for no device waits for no driver.
    if (specs.some(({ resources }) => resources.device ?? resources.on ?? resources.notOn)) await options.machine.looked;
    const inputBytes = await checkFiles(specs, options.files.resolve);
    for (const spec of specs) checkDivision(spec, options.machine);
    await Promise.all(specs.map(dependencies.refuseHopeless));
    const operations = await options.runTimes.operationsOf(specs, inputBytes);
    const accepted = jobs.map((job, index) => newEntries(job, { inputBytes: inputBytes[index], operations: operations[index] }));
    const entries = accepted.flatMap((one) => one.entries);
    await journal.append(entries.flatMap(insertion));
    for (const entry of entries) table.add(entry);
    await enqueueAll(entries);
    return accepted.map(({ id }) => id);
  };

  /** What waits for an array waits for all of its jobs. */
  const namingJobs = async (job: SubmittedJob): Promise<SubmittedJob> => {
    const named = async (ids: readonly number[]): Promise<number[]> =>
      (await Promise.all(ids.map(async (id) => (await arrays.idsOf(id)) ?? [id]))).flat();
    if (namesNone(job)) return job;
    const { after, afterAny, afterNotOk } = job;
    return {
      ...job,
      after: await named(after),
      ...(afterAny && { afterAny: await named(afterAny) }),
      ...(afterNotOk && { afterNotOk: await named(afterNotOk) }),
    };
  };

  /** Of an array, whose number comes before those of its jobs; or of the one job. */
  const newEntries = (job: SubmittedJob, work: KnownWork): { id: number; entries: JobEntry[] } => {
    if (!('array' in job) || !job.array) {
      const spec = plainSpec(job);
      const entry = entryWith(spec, demandNow(spec, work));
      return { id: entry.id, entries: [entry] };
    }
    lastId += 1;
    const id = lastId;
    const asked = membersOf(job, id).map((spec) => ({ spec, demand: demandNow(spec, work) }));
    const members = job.array.gang ? atOnce(asked, options.machine) : asked;
    return { id, entries: members.map(({ spec, demand }) => entryWith(spec, demand)) };
  };

  /** One after the other, so that the second of two for the same process finds the job of the first. */
  const adopt = (pid: number, labels: Labels): Promise<number> => {
    const adopted = latestAdoption.then(() => adoptNext(pid, labels));
    latestAdoption = adopted.catch(() => undefined);
    return adopted;
  };

  const adoptNext = async (pid: number, labels: Labels): Promise<number> => {
    const { deviceMemoryOf, machine } = options;
    const processor = { id: processorOf(machine).id, cores: machine.grantable.cores };
    const { spec, demand, grant } = await lookAtAdoptable(pid, labels, { unfinished: table.entries(), processor, deviceMemoryOf });
    const entry = entryWith(spec, demand);
    await journal.append(insertion(entry));
    table.add(entry);
    executor.startHeld(entry, grant);
    return entry.id;
  };

  const demandNow = (spec: JobSpec, { inputBytes, operations }: KnownWork): Demand => {
    const { device } = spec.resources;
    const demand = demandOf(spec, options.machine, {
      memoryBytes: peaks.get(workOf(spec)),
      deviceMemoryBytes: device && peaks.get(deviceWorkOf(spec, device.kind)),
    });
    return { ...demand, ...(inputBytes !== undefined && { inputBytes }), ...(operations && { operations }) };
  };

  const entryWith = (spec: JobSpec, demand: Demand): JobEntry => {
    const at = now();
    lastId += 1;
    return {
      id: lastId,
      spec: sharing.spec(spec),
      name: spec.name ?? defaultName(spec),
      submittedAt: at,
      enqueuedAt: at,
      demand: sharing.demand(demand),
      boost: 0,
      attempts: 0,
      revision: table.nextRevision(),
      state: { kind: 'pending', since: at },
    };
  };

  /** Those that wait for no other come at once: an array may be ten thousand jobs. */
  const enqueueAll = async (entries: readonly JobEntry[]): Promise<void> => {
    tell(entries.filter(({ spec }) => namesNone(spec)).flatMap((entry) => enter(entry, [])));
    for (const entry of entries) if (!namesNone(entry.spec)) await enqueue(entry);
  };

  const enter = (entry: JobEntry, unmet: TaskRequest['after']): SchedulerEvent[] => {
    executor.divide(entry);
    estimates.add(entry);
    return entry.parts ? standInLine(entry, unmet) : [{ kind: 'submitted', task: requestOf(entry, unmet) }];
  };

  /** Gives a waiting job to the scheduler, or ends it when what it waits for has settled in the meantime that it will not run. */
  const enqueue = async (entry: JobEntry): Promise<void> => {
    const found = await dependencies.standingOf(entry.spec);
    // Cancelled while it was looked at.
    if (isEnded(entry.state)) return;
    if (found.kind === 'open') return tell(enter(entry, found.unmet));
    const gone = (id: number): NeverReason => ({ code: 'dependency-failed', values: { job: { id, name: `job ${id}` } } });
    reject(entry, found.kind === 'never' ? found.reason : gone(found.id));
    // Others may wait for it already.
    apply({ kind: 'removed', task: taskOf(entry.id) });
  };

  /** A job that has ended runs again: who still waits and names it waits for its new end. */
  const waitAgain = async (id: number): Promise<void> => {
    for (const entry of dependencies.waitingFor(id)) {
      const found = await dependencies.standingOf(entry.spec);
      if (found.kind === 'open') apply({ kind: 'dependenciesChanged', task: taskOf(entry.id), after: found.unmet });
    }
  };

  // ── Changing ──

  /** Jobs and arrays by number, with the numbers of the jobs of each array; a job of a gang stands for all of its gang. */
  const named = async (ids: readonly number[]): Promise<Map<number, readonly number[]>> => {
    const found = new Map<number, readonly number[]>();
    for (const id of ids) {
      const gang = gangOf(table.entry(id)?.spec);
      if (gang) found.set(gang.id, numbersIn(gang));
      else found.set(id, table.entry(id) ? [] : ((await arrays.idsOf(id)) ?? []));
    }
    return found;
  };

  /** All that are named; of an array those that allow it, of which there must be one. */
  const entriesIn = (ids: ReadonlyMap<number, readonly number[]>, action: string, allowed: (state: JobState) => boolean): JobEntry[] => {
    return [...ids].flatMap(([id, ofArray]) => {
      const members = ofArray.flatMap((one) => table.entry(one) ?? []);
      const fitting = members.filter(({ state }) => allowed(state));
      if (fitting.length > 0) return fitting;
      const entry = table.entry(id) ?? members[0];
      if (!entry && id > lastId) throw new Refusal({ code: 'job-unknown', values: { id } });
      if (!entry) throw new Refusal({ code: 'job-wrong-state', values: { id, action, state: 'ended' } });
      if (!allowed(entry.state)) throw new Refusal({ code: 'job-wrong-state', values: { id, action, state: entry.state.kind } });
      return entry;
    });
  };

  const cancel = async (ids: readonly number[]): Promise<void> => {
    const entries = entriesIn(await named(ids), 'cancel', (state) => !isEnded(state));
    const ended: Promise<void>[] = [];
    await inSlices(entries, (entry) => {
      // It may have ended by itself while others were cancelled.
      if (!isEnded(entry.state)) ended.push(cancelOne(entry));
    });
    await Promise.all(ended);
  };

  const cancelOne = (entry: JobEntry): Promise<void> => {
    if (hasStarted(entry.state)) return executor.stop(entry, 'cancel');
    estimates.forget(entry);
    const ended = executor.end(entry, { kind: 'cancelled', attempt: entry.attempts, endedAt: now() });
    tell(leaveLine([entry]));
    return ended;
  };

  const setHeld = async (ids: readonly number[], isHeld: boolean): Promise<void> => {
    const entries = entriesIn(await named(ids), isHeld ? 'hold' : 'release', (state) => state.kind === (isHeld ? 'pending' : 'held'));
    const writes = entries.flatMap((entry) => table.transition(entry, { kind: isHeld ? 'held' : 'pending', since: now() }));
    for (const entry of entries) tell(standInLine(entry, []));
    await journal.record(writes);
  };

  const next = async (ids: readonly number[]): Promise<void> => {
    const entries = entriesIn(await named(ids), 'run next', (state) => state.kind === 'pending');
    const writes: Write[] = [];
    for (const entry of entries.toReversed()) {
      lastBoost += 1;
      entry.boost = lastBoost;
      writes.push(['setBoost', { id: entry.id, boost: entry.boost }]);
      tell(standInLine(entry, []));
    }
    await journal.record(writes);
  };

  const retry = async (asked: readonly number[]): Promise<void> => {
    const ids = await toRetry(asked);
    refuseUnfinished(ids);
    const found = await Promise.all(ids.map((id) => reader.job(id)));
    const entries = found.map((record, index) => {
      if (!record) throw new Refusal({ code: 'job-unknown', values: { id: ids[index] ?? 0 } });
      return entryOf(record);
    });
    for (const { spec } of entries)
      if (spec.runtime === 'process') throw new Refusal({ code: 'process-unknown', values: { pid: spec.pid } });
    await Promise.all(entries.map(({ spec }) => dependencies.refuseHopeless(spec)));
    // Somebody else may have asked for the same while the journal was read.
    refuseUnfinished(ids);
    const at = now();
    const writes = entries.flatMap((entry): Write[] => {
      entry.enqueuedAt = at;
      // Begun anew by hand, it begins from the beginning.
      delete entry.preemptions;
      table.revive(entry);
      return [['unlinkArtifacts', { job: entry.id }], ...table.transition(entry, { kind: 'pending', since: at })];
    });
    await journal.record(writes);
    for (const entry of entries) await enqueue(entry);
    for (const { id } of entries) await waitAgain(id);
  };

  /** Those of a gang run again together, whoever of them is named; of another array those without success, or all when none is. */
  const toRetry = async (ids: readonly number[]): Promise<number[]> => {
    const all = await Promise.all(
      ids.map(async (id) => {
        const record = (await reader.job(id)) ?? (await reader.memberOfArray(id));
        const gang = gangOf(record && entryOf(record).spec);
        if (gang) return numbersIn(gang);
        if (!record || record.id === id) return [id];
        const members = await reader.jobsOfArray(id);
        const unsuccessful = members.filter(({ kind, is_active }) => !is_active && kind !== 'succeeded');
        return (unsuccessful.length > 0 ? unsuccessful : members).map((member) => member.id);
      }),
    );
    return [...new Set(all.flat())];
  };

  const refuseUnfinished = (ids: readonly number[]): void => {
    for (const id of ids) {
      const entry = table.entry(id);
      if (entry) throw new Refusal({ code: 'job-wrong-state', values: { id, action: 'retry', state: entry.state.kind } });
      if (table.isLeaving(id)) throw new Refusal({ code: 'job-unknown', values: { id } });
    }
  };

  const setSetting = (name: string, value: string): Promise<void> => journal.record([['setSetting', { name, value }]]);

  // ── Opening ──

  const recover = async (): Promise<void> => {
    for (const entry of unfinished) table.add(entry);
    // The parts of a divided job were workers of the core that has ended.
    const divided = unfinished.filter(({ spec, state }) => splitOf(spec) && hasStarted(state));
    for (const entry of divided) void journal.record(table.transition(entry, { kind: 'pending', since: now() }));
    const started = unfinished.filter(({ state }) => hasStarted(state));
    const waiting = unfinished.filter(({ state }) => !hasStarted(state));
    for (const entry of started) apply({ kind: 'recovered', task: requestOf(entry, []), ...heldIn(entry.state) });
    const broken = await readBroken(unfinished, reader);
    await enqueueAll(waiting.filter((entry) => !broken.has(entry)));
    for (const entry of started) executor.findAgain(entry);
    for (const [entry, other] of broken) endBroken(entry, other);
    if (!options.isPaused) apply({ kind: 'resumed' });
  };

  /** An earlier core ended while it was ending a gang. */
  const endBroken = (entry: JobEntry, other: EndedMember): void => {
    if (hasStarted(entry.state)) return executor.endWith(entry, other);
    const common = { attempt: entry.attempts, endedAt: now() };
    const reason = { code: 'gang-member-ended' as const, values: { job: other.job } };
    void executor.end(entry, other.state.kind === 'cancelled' ? { kind: 'cancelled', ...common } : { kind: 'failed', ...common, reason });
  };

  await executor.checkBackends();
  await recover();

  return {
    table,
    views,
    notices,
    submit,
    arrays,
    adopt,
    cancel,
    hold: (ids) => setHeld(ids, true),
    release: (ids) => setHeld(ids, false),
    retry,
    next,
    pauseJobs: async (ids) => executor.pause(entriesIn(await named(ids), 'pause', (state) => state.kind === 'running')),
    resumeJobs: async (ids) => executor.resume(entriesIn(await named(ids), 'resume', (state) => state.kind === 'paused')),
    async pause() {
      apply({ kind: 'paused' });
      await setSetting('paused', 'true');
    },
    async resume() {
      apply({ kind: 'resumed' });
      await setSetting('paused', 'false');
    },
    async setPolicy(policy) {
      apply({ kind: 'policyChanged', policy });
      await setSetting('policy', policy);
    },
    async setGroup(change) {
      const settings = changedGroup(scheduler.settingsOf(change.name), change);
      apply({ kind: 'groupChanged', group: change.name, settings });
      await setSetting(groupSetting(change.name), JSON.stringify(settings));
    },
    reservations: () => reservationsNow(reservations, now(), scheduler.heldUp(now())),
    async addReservation(asked) {
      const next = withReservation(reservations, asked, options.machine.capacity, now());
      await reserve(next);
      return next.lastId;
    },
    removeReservation: (id) => reserve(withoutReservation(reservations, id, now())),
    capacityChanged: (capacity) => apply({ kind: 'capacityChanged', capacity }),
    measured: executor.measured,
    tookTime: executor.tookTime,
    seenOn: executor.seenOn,
    devicesLost: executor.devicesLost,
    deviceMemoryExceeded: executor.deviceMemoryExceeded,
    requestOf(id) {
      const entry = table.entry(id);
      return entry && scheduler.requestOf(taskOfEntry(leadOf(entry)));
    },
    needed: dependencies.needed,
    get counts() {
      return table.counts;
    },
    get runsUnrecoverable() {
      return executor.runsUnrecoverable;
    },
  };
};

const processorOf = ({ devices }: Machine): Device => {
  const processor = devices.find(({ kind, parent }) => kind === 'cpu' && parent === undefined);
  if (!processor) throw new Error('no device is the processor');
  return processor;
};

const heldIn = (
  state: JobState,
): Pick<Extract<SchedulerEvent, { kind: 'recovered' }>, 'grant' | 'startedAt' | 'standsStill' | 'endsFor'> => {
  if (!('placement' in state)) throw new Error(`a job that is ${state.kind} holds no grant`);
  const startedAt = state.startedAt + (state.pausedMs ?? 0);
  const endsFor = state.preemptedBy && preemptorOf(state.preemptedBy);
  // The journal does not know who asked first to go on; who has stood still for longest goes on first.
  const standsStill = state.kind === 'paused' && { since: state.since, ...(state.isResuming && { turn: state.since }) };
  return { grant: grantOf(state.placement), startedAt, ...(standsStill && { standsStill }), ...(endsFor && { endsFor }) };
};

const preemptorOf = (by: NonNullable<Extract<JobState, { kind: 'running' }>['preemptedBy']>): EndsFor => {
  if ('reservation' in by) return by;
  const { outran, saves, ...job } = by;
  return { task: taskOf(job.id), job, ...(outran && { outran }), ...(saves && { saves }) };
};

const insertion = (entry: JobEntry): Write[] => {
  const state = JSON.stringify(entry.state);
  const { id, revision, submittedAt: at } = entry;
  return [
    [
      'insertJob',
      {
        id,
        kind: entry.state.kind,
        name: entry.name,
        group: entry.spec.group,
        array: memberOf(entry.spec)?.id ?? null,
        at,
        revision,
        spec: JSON.stringify(entry.spec),
        demand: JSON.stringify(entry.demand),
        state,
      },
    ],
    ['insertEvent', { revision, job: id, at, state }],
    ...uploadsIn(entry.spec).map((upload): Write => ['linkUpload', { job: id, upload }]),
  ];
};
