import type { ApplicationManifest } from '../../../../shared/model/application.ts';
import type { Device } from '../../../../shared/model/device.ts';
import type { JobSpec, Operations, SubmittedJob } from '../../../../shared/model/job.ts';
import type { FileStore } from '../../infrastructure/storage/file-store.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Grant } from '../../scheduler-port.ts';
import { lookAtAdoptable, type Labels } from './adopt.ts';
import { memberOf, membersOf, plainSpec, sizeOf, type Arrays } from './arrays.ts';
import { checkApplications } from './check-applications.ts';
import { checkFiles, uploadsIn } from './check-files.ts';
import { checkTimes } from './check-times.ts';
import { demandOf, deviceWorkOf, workOf } from './demand.ts';
import { namesNone, type Dependencies } from './dependencies.ts';
import { checkDivision } from './division/parts-of.ts';
import type { Executor, Machine } from './execution.ts';
import { atOnce, checkGang } from './gangs.ts';
import { defaultName, type Demand, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import type { Sharing } from './sharing.ts';

/** What is asked for becomes jobs: checked, numbered, and in the journal before it is answered. */
export interface Accepting {
  /** Answers a number for each: that of the job or of the array. */
  submit(jobs: readonly SubmittedJob[]): Promise<number[]>;
  /** Takes in a process that runs already; it never waits in line. */
  adopt(pid: number, labels: Labels): Promise<number>;
  /** The highest number that was ever given. */
  readonly lastId: number;
}

interface AcceptingOptions {
  readonly table: JobTable;
  readonly arrays: Arrays;
  readonly journal: Journal;
  readonly files: FileStore;
  readonly manifests: readonly ApplicationManifest[];
  readonly machine: Machine;
  readonly dependencies: Pick<Dependencies, 'refuseHopeless'>;
  readonly sharing: Sharing;
  /** The most memory that work has held, by its name. */
  readonly peaks: ReadonlyMap<string, number>;
  readonly operationsOf: Weighing['operationsOf'];
  /** What processes hold of devices beside the processor. */
  readonly deviceMemoryOf: (pids: readonly number[]) => Grant['accelerators'];
  /** The highest number that an earlier core gave. */
  readonly lastId: number;
  readonly enterAll: (entries: readonly JobEntry[]) => Promise<void>;
  readonly startHeld: Executor['startHeld'];
  readonly now: () => number;
}

export interface Weighing {
  /** What the models of new jobs do, for those whose time only that could tell. */
  operationsOf(specs: readonly JobSpec[], inputBytes: readonly (number | undefined)[]): Promise<readonly (Operations | undefined)[]>;
}

/** What was found of how much a job has to do. */
interface KnownWork {
  readonly inputBytes: number | undefined;
  readonly operations: Operations | undefined;
}

/** More than this many unfinished jobs are refused; the journal would take them, a person could not. */
const queueLimit = 200_000;

export const createAccepting = (options: AcceptingOptions): Accepting => {
  const { table, arrays, journal, files, machine, dependencies, sharing, peaks, now } = options;
  let { lastId } = options;
  let latestAdoption: Promise<unknown> = Promise.resolve();

  const submit = async (requests: readonly SubmittedJob[]): Promise<number[]> => {
    const count = requests.reduce((sum, request) => sum + sizeOf(request), 0);
    if (table.activeCount + count > queueLimit) throw new Refusal({ code: 'queue-full', values: { limit: queueLimit } });
    requests.forEach(checkGang);
    const jobs = await Promise.all(requests.map(namingJobs));
    const specs = jobs.map(plainSpec);
    checkTimes(specs, now());
    checkApplications(specs, options.manifests, files.resolve);
    // Who asks for no device waits for no driver.
    if (specs.some(({ resources }) => resources.device ?? resources.on ?? resources.notOn)) await machine.looked;
    const inputBytes = await checkFiles(specs, files.resolve);
    for (const spec of specs) checkDivision(spec, machine);
    await Promise.all(specs.map(dependencies.refuseHopeless));
    const operations = await options.operationsOf(specs, inputBytes);
    const accepted = jobs.map((job, index) => newEntries(job, { inputBytes: inputBytes[index], operations: operations[index] }));
    const entries = accepted.flatMap((one) => one.entries);
    await journal.append(entries.flatMap(insertion));
    for (const entry of entries) table.add(entry);
    await options.enterAll(entries);
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
    const members = job.array.gang ? atOnce(asked, machine) : asked;
    return { id, entries: members.map(({ spec, demand }) => entryWith(spec, demand)) };
  };

  const demandNow = (spec: JobSpec, { inputBytes, operations }: KnownWork): Demand => {
    const { device } = spec.resources;
    const demand = demandOf(spec, machine, {
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

  /** One after the other, so that the second of two for the same process finds the job of the first. */
  const adopt = (pid: number, labels: Labels): Promise<number> => {
    const adopted = latestAdoption.then(() => adoptNext(pid, labels));
    latestAdoption = adopted.catch(() => undefined);
    return adopted;
  };

  const adoptNext = async (pid: number, labels: Labels): Promise<number> => {
    const { deviceMemoryOf } = options;
    const processor = { id: processorOf(machine).id, cores: machine.grantable.cores };
    const { spec, demand, grant } = await lookAtAdoptable(pid, labels, { unfinished: table.entries(), processor, deviceMemoryOf });
    const entry = entryWith(spec, demand);
    await journal.append(insertion(entry));
    table.add(entry);
    options.startHeld(entry, grant);
    return entry.id;
  };

  return {
    submit,
    adopt,
    get lastId() {
      return lastId;
    },
  };
};

const processorOf = ({ devices }: Machine): Device => {
  const processor = devices.find(({ kind, parent }) => kind === 'cpu' && parent === undefined);
  if (!processor) throw new Error('no device is the processor');
  return processor;
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
