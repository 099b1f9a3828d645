import * as z from 'zod';

/*
 * Why something waits, failed or was refused. Reasons are data: shells make the sentence from shared/words/.
 * Units are in the names; names of jobs travel with their ids so that a sentence needs no look-up.
 */

const JobName = z.object({ id: z.int().positive(), name: z.string() });

const reason = <Code extends string, Values extends z.ZodRawShape>(code: Code, values: Values) =>
  z.object({ code: z.literal(code), values: z.object(values) });

/** A program that is not ours and what it holds. */
const Holder = z.object({ pid: z.int(), name: z.string(), bytes: z.number() });

/** Those of the holders that are being ended, whoever that makes room for. */
const ending = z.array(JobName).exactOptional();

/** Why a device is given no work. */
export const DeviceReason = z.discriminatedUnion('code', [
  reason('device-drained', { note: z.string().exactOptional() }),
  reason('device-measuring', {}),
  reason('device-gone', {}),
  /** The core has only just started. */
  reason('device-sought', {}),
  reason('device-silent', { seconds: z.number() }),
  reason('device-error', { detail: z.string() }),
]);
export type DeviceReason = z.infer<typeof DeviceReason>;

/** Why a pending job does not run yet. */
export const WaitReason = z.discriminatedUnion('code', [
  reason('next-decision', {}),
  reason('queue-paused', {}),
  reason('held', {}),
  /** As many jobs of its array run as may. */
  reason('array-full', { atMost: z.int() }),
  /** Of the jobs that start together with it, so many could start by now. */
  reason('gang-incomplete', { size: z.int(), ready: z.int() }),
  /** All `size` of them start at once or none; `fitting` of them would fit now. */
  reason('gang-cores', {
    size: z.int(),
    fitting: z.int(),
    needCores: z.number(),
    freeCores: z.number(),
    holders: z.array(JobName),
    ending,
  }),
  reason('gang-memory', { size: z.int(), fitting: z.int(), needBytes: z.number(), freeBytes: z.number() }),
  reason('gang-devices', {
    size: z.int(),
    fitting: z.int(),
    kind: z.string(),
    need: z.int(),
    free: z.int(),
    holders: z.array(JobName),
    ending,
  }),
  /** These are ended to make room for it, and whose deadline that saves where that is why. */
  reason('preempting', {
    jobs: z.array(JobName),
    graceSeconds: z.number(),
    saves: JobName.exactOptional(),
    due: z.number().exactOptional(),
  }),
  /**
   * It runs, and is being ended to make room; what it has outrun where that is why: what nine of ten such runs stay below; else whose deadline
   * that saves, and when that one would have ended otherwise, as far as anything is known of that.
   */
  reason('being-preempted', {
    by: JobName,
    graceSeconds: z.number(),
    ranSeconds: z.number().exactOptional(),
    p90Seconds: z.number().exactOptional(),
    saves: JobName.exactOptional(),
    due: z.number().exactOptional(),
    otherwiseAt: z.number().exactOptional(),
  }),
  /** It runs in what is kept for a group from now on, and is being ended for that; `id` is the reservation's. */
  reason('ends-for-reservation', { id: z.int(), group: z.string(), graceSeconds: z.number() }),
  /** It runs no further; what it keeps meanwhile. */
  reason('paused', {
    cores: z.number(),
    memoryBytes: z.number(),
    devices: z.array(z.string()).exactOptional(),
    problem: z.string().exactOptional(),
  }),
  /** `held` are those among them that are held by hand; `failing` are jobs of which one must end without success. */
  reason('dependency', { jobs: z.array(JobName), failing: z.array(JobName).exactOptional(), held: z.array(JobName).exactOptional() }),
  reason('behind', { ahead: z.int().positive(), first: JobName }),
  reason('cores-busy', { needCores: z.number(), freeCores: z.number(), totalCores: z.number(), holders: z.array(JobName), ending }),
  reason('memory-granted', { needBytes: z.number(), freeBytes: z.number(), holders: z.array(JobName), ending }),
  /** `foreign` are the largest of the programs that hold `foreignBytes` together, where somebody asked for them. */
  reason('memory-foreign', {
    needBytes: z.number(),
    freeBytes: z.number(),
    foreignBytes: z.number(),
    foreign: z.array(Holder).exactOptional(),
  }),
  reason('backend-unavailable', { backend: z.string(), detail: z.string() }),
  /** Enough devices of the kind are there, but others have them. */
  reason('device-busy', { kind: z.string(), need: z.int(), free: z.int(), total: z.int(), holders: z.array(JobName), ending }),
  /** `device` is the one that comes closest to having enough memory; `holders` are jobs, `foreign` other programs on it. */
  reason('device-memory', {
    device: z.string(),
    needBytes: z.number(),
    freeBytes: z.number(),
    holders: z.array(JobName),
    ending,
    foreign: z.array(Holder),
  }),
  /** The only devices it could run on are drained or unhealthy. */
  reason('device-unusable', { devices: z.array(z.string()), why: DeviceReason }),
  /** Shares are of the machine, of late, divided by the group's weight. */
  reason('fair-share', {
    group: z.string(),
    sharePercent: z.number(),
    ahead: JobName,
    aheadGroup: z.string(),
    aheadSharePercent: z.number(),
    /** The group that goes first because of its name, as both have had the same. */
    evenFirst: z.string().exactOptional(),
  }),
  /** It would fit now, but `job` ahead of it needs that from `at` on; the time that it needs itself is absent where nothing is known. */
  reason('reserved-behind', { job: JobName, at: z.number(), needSeconds: z.number().exactOptional() }),
  /** It would fit on `insteadOf` now, but ends sooner on `device` although that is busy until `freeAt`. */
  reason('waits-for-faster', {
    device: z.string(),
    freeAt: z.number(),
    finishesAt: z.number(),
    insteadOf: z.string(),
    insteadFinishesAt: z.number(),
  }),
  /** This is kept for a group of jobs from a time on, and it would not have ended by then; without `needSeconds` nobody knows. */
  reason('reserved-time', {
    group: z.string(),
    cores: z.number().exactOptional(),
    memoryBytes: z.number().exactOptional(),
    devices: z.array(z.string()).exactOptional(),
    /** Of each of them that tells its memory. */
    deviceMemoryBytes: z.number().exactOptional(),
    from: z.number(),
    until: z.number().exactOptional(),
    needSeconds: z.number().exactOptional(),
  }),
  reason('begin-time', { at: z.number() }),
  /** `needSeconds` where it is open but closes before that is over. */
  reason('closed-hours', { hours: z.string(), at: z.number().exactOptional(), needSeconds: z.number().exactOptional() }),
  /**
   * It would end `lateSeconds` after it is due, so that those go first that can be in time: by itself, or with all that is due before
   * it; `violated` is who would be late if it were not given up. `needSeconds` is all that would have to run until its end.
   */
  reason('deadline-late', {
    due: z.number(),
    needSeconds: z.number(),
    lateSeconds: z.number(),
    ahead: z.int().nonnegative(),
    /** It may take so long, which is more than it has left, whatever is before it. */
    aloneSeconds: z.number().exactOptional(),
    violated: JobName.exactOptional(),
  }),
  /** `resource` is cores or a kind of device. */
  reason('group-quota', { group: z.string(), resource: z.string(), need: z.number(), used: z.number(), quota: z.number() }),
]);
export type WaitReason = z.infer<typeof WaitReason>;

/** Why an attempt ended without success, or why a request was refused. */
export const FailReason = z.discriminatedUnion('code', [
  reason('exit-code', { exitCode: z.int() }),
  reason('signal', { signal: z.string() }),
  reason('memory-limit', { limitBytes: z.number() }),
  reason('memory-limit-child', { limitBytes: z.number(), exitCode: z.int() }),
  /** Of the machine, where the job itself has no limit. */
  reason('no-memory-left', {}),
  reason('time-limit', { limitSeconds: z.number() }),
  reason('worker-crashed', { signal: z.string() }),
  reason('worker-not-started', { detail: z.string() }),
  reason('command-not-started', { command: z.string(), detail: z.string() }),
  reason('folder-missing', { path: z.string() }),
  reason('not-a-folder', { path: z.string() }),
  reason('lost', { backend: z.string() }),
  reason('dependency-failed', { job: JobName }),
  /** It was to start only if what it waited for did not succeed. */
  reason('not-needed', { job: JobName }),
  reason('docker-unavailable', { detail: z.string() }),
  reason('image-missing', { image: z.string() }),
  reason('container-refused', { image: z.string(), detail: z.string() }),
  reason('disk-full', { path: z.string() }),
  reason('not-writable', { path: z.string() }),
  reason('file-missing', { path: z.string() }),
  reason('file-unreadable', { path: z.string() }),
  reason('file-is-folder', { path: z.string() }),
  reason('file-not-plain', { path: z.string() }),
  reason('file-empty', { path: z.string() }),
  reason('file-too-large', { path: z.string(), bytes: z.number(), limitBytes: z.number() }),
  reason('file-unknown', { fileId: z.string() }),
  reason('file-kind-unknown', { file: z.string(), wanted: z.string() }),
  reason('file-damaged', { file: z.string(), kind: z.string(), detail: z.string() }),
  reason('picture-too-large', { file: z.string(), megapixels: z.number(), limitMegapixels: z.number() }),
  reason('picture-blank', { file: z.string() }),
  reason('sound-kind', { file: z.string(), given: z.string() }),
  reason('sound-too-long', { file: z.string(), seconds: z.number(), limitSeconds: z.number() }),
  reason('text-without-words', { file: z.string() }),
  reason('rows-none', { file: z.string() }),
  reason('rows-too-many', { file: z.string(), rows: z.number(), limit: z.number() }),
  /** Of a divided job: its inputs have no rows, or not the same number of them; an output has no row for each. */
  reason('rows-missing', { model: z.string() }),
  reason('rows-differ', { input: z.string(), rows: z.number(), other: z.string(), otherRows: z.number() }),
  reason('rows-lost', { output: z.string(), shape: z.string(), rows: z.number() }),
  reason('row-columns', { file: z.string(), line: z.number(), wanted: z.number(), given: z.number() }),
  reason('row-not-number', { file: z.string(), line: z.number(), column: z.number(), text: z.string() }),
  reason('model-damaged', { model: z.string(), detail: z.string() }),
  /** Some of its values lie in a file that was not found beside it, where one is called like `example`. */
  reason('model-in-parts', { model: z.string(), file: z.string(), example: z.string() }),
  reason('model-unsupported', { model: z.string(), detail: z.string() }),
  reason('input-missing', { input: z.string(), type: z.string(), shape: z.string() }),
  reason('input-unknown', { input: z.string(), known: z.string() }),
  reason('input-twice', { input: z.string() }),
  reason('input-type', { input: z.string(), wanted: z.string(), given: z.string() }),
  reason('input-shape', { input: z.string(), wanted: z.string(), given: z.string() }),
  reason('type-unsupported', { file: z.string(), type: z.string() }),
  reason('run-failed', { detail: z.string() }),
  reason('application-unknown', { application: z.string(), known: z.string() }),
  reason('one-file-only', { application: z.string(), files: z.int() }),
  reason('application-input', { application: z.string(), detail: z.string() }),
  reason('models-not-gathered', { application: z.string(), path: z.string() }),
  reason('needs-more-cores', { needCores: z.number(), totalCores: z.number() }),
  /** All members of a gang run at once: they need more than the machine has. */
  reason('gang-needs-cores', { size: z.int(), each: z.number(), needCores: z.number(), totalCores: z.number() }),
  reason('gang-needs-memory', { size: z.int(), each: z.number(), needBytes: z.number(), totalBytes: z.number() }),
  reason('gang-needs-devices', { size: z.int(), kind: z.string(), fitting: z.int() }),
  /** Another job of its gang did not succeed. */
  reason('gang-member-ended', { job: JobName }),
  reason('needs-more-memory', { needBytes: z.number(), totalBytes: z.number() }),
  reason('needs-device', { kind: z.string(), need: z.int(), have: z.int() }),
  reason('needs-device-memory', { kind: z.string(), needBytes: z.number(), largestBytes: z.number() }),
  reason('device-lost', { device: z.string(), why: DeviceReason }),
  reason('device-memory-limit', { device: z.string(), limitBytes: z.number(), usedBytes: z.number() }),
  /** `known` are the providers that work, `detail` is what those said that would reach the device. */
  reason('provider-unavailable', { device: z.string(), kind: z.string(), known: z.string(), detail: z.string().exactOptional() }),
]);
export type FailReason = z.infer<typeof FailReason>;

/** Why a call was refused before it changed anything. */
export const RefusalReason = z.discriminatedUnion('code', [
  ...FailReason.options,
  reason('device-unknown', { device: z.string(), known: z.string() }),
  /** A job names it, but asks for no device of its kind. */
  reason('device-not-asked', { device: z.string(), kind: z.string() }),
  /** Named as one of the only devices, and ruled out, itself or what it is a share of. */
  reason('device-ruled-out', { device: z.string(), ruledOut: z.string() }),
  reason('all-ruled-out', { kind: z.string(), ruledOut: z.string() }),
  reason('device-in-use', { device: z.string(), jobs: z.array(JobName) }),
  /** `known` and `detail` as in `provider-unavailable`. */
  reason('measure-unreachable', { device: z.string(), known: z.string(), detail: z.string().exactOptional() }),
  reason('device-not-measurable', { device: z.string(), why: DeviceReason }),
  /** Shares of a device: what was asked against what is left of it. */
  reason('split-too-large', { device: z.string(), wanted: z.string(), left: z.string() }),
  reason('split-name-taken', { name: z.string() }),
  reason('split-not-possible', { device: z.string(), by: z.enum(['cores', 'memory']) }),
  reason('not-a-share', { device: z.string() }),
  /** A job that is divided over devices cannot also be put on some. */
  reason('division-placed', {}),
  /** None of these devices can run a part of a divided job. */
  reason('division-no-device', { devices: z.string() }),
  reason('reservation-unknown', { id: z.int() }),
  reason('reservation-over', { endsAt: z.number() }),
  /** It wants a device that is reserved for another group at that time, or more cores or memory than others leave. */
  reason('reservation-device-taken', { device: z.string(), group: z.string(), from: z.number() }),
  reason('reservation-cores-taken', { cores: z.number(), left: z.number() }),
  /** Of the machine, or of `device`. */
  reason('reservation-memory-taken', { bytes: z.number(), left: z.number(), device: z.string().exactOptional() }),
  /** Something that means one job alone. */
  reason('gang-option', { option: z.string() }),
  reason('gang-too-large', { size: z.int(), limit: z.int() }),
  reason('process-unknown', { pid: z.int() }),
  reason('process-not-yours', { pid: z.int() }),
  reason('process-system', { pid: z.int() }),
  /** It is Switchyard itself, what Switchyard runs in, or a helper of it. */
  reason('process-own', { pid: z.int() }),
  reason('process-of-job', { pid: z.int(), job: JobName }),
  reason('job-unknown', { id: z.int() }),
  /** An unfinished job waits for it. */
  reason('job-needed', { id: z.int(), by: JobName }),
  /** `others` are the other jobs of the same call, of which none is changed either. */
  reason('job-wrong-state', { id: z.int(), action: z.string(), state: z.string(), others: z.int().positive().exactOptional() }),
  /** A model or an application. */
  reason('pause-in-one-go', { id: z.int() }),
  /** A process that somebody else started. */
  reason('pause-not-ours', { id: z.int() }),
  reason('pause-failed', { id: z.int(), detail: z.string() }),
  reason('attempt-unknown', { id: z.int(), attempt: z.int(), attempts: z.int() }),
  reason('dependency-unknown', { id: z.int() }),
  reason('dependency-twice', { id: z.int() }),
  reason('deadline-past', { deadlineAt: z.number() }),
  reason('deadline-before-begin', { deadlineAt: z.number(), notBeforeAt: z.number() }),
  reason('group-weight', { group: z.string(), weight: z.number() }),
  reason('queue-full', { limit: z.int() }),
  reason('input-invalid', { detail: z.string() }),
  reason('artifact-unknown', { hash: z.string() }),
  reason('shutting-down', {}),
  reason('unavailable', { ability: z.string() }),
  // What the gate of the headless shell refuses. They carry no values: nothing a stranger sent is repeated.
  reason('host-foreign', {}),
  reason('origin-foreign', {}),
  reason('token-wrong', {}),
  reason('code-used', {}),
  reason('address-unknown', {}),
  reason('body-too-large', { limitBytes: z.number() }),
  reason('body-not-json', {}),
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

export type Reason = WaitReason | RefusalReason | DeviceReason;
export type ReasonCode = Reason['code'];
