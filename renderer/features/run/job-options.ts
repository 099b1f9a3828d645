import type { ArrayRange } from '../../../shared/words/array-range.ts';
import type { Hours, JobRequest, SplitRequest, SplitScheme } from '../../../shared/model/job.ts';
import { parseArray, parseBytes, parseComing, parseHours, parseIds, parseNumber, parseSeconds, type Typed } from './quantities.ts';

/** The options that every job has, as they were typed. */
export interface OptionTexts {
  name: string;
  group: string;
  priority: string;
  cores: string;
  memory: string;
  timeLimit: string;
  expected: string;
  deadline: string;
  begin: string;
  /** 22:00-06:00, or nothing. */
  hours: string;
  after: string;
  afterAny: string;
  afterNotOk: string;
  retries: string;
  /** How long it gets to end when something matters more; nothing for what may not be ended so. */
  preemptible: string;
  /** A line for the shell that takes up its work again; of commands that may be ended so. */
  resumeCommand: string;
  /** Indices, one job for each; of commands and containers. */
  array: string;
  /** 'yes' for an array that starts as a whole, or nothing. */
  gang: string;
  /** A kind of device, or nothing. */
  deviceKind: string;
  deviceCount: string;
  deviceMemory: string;
  /** Ids of the only devices, parted by commas. */
  on: string;
  /** Ids of devices that are ruled out, parted by commas. */
  notOn: string;
  /** 'pack', 'spread' or nothing. */
  prefer: string;
  /** 'yes' or nothing. */
  mayFallBack: string;
  /** A way to divide the job over devices, or nothing. */
  split: string;
  /** Ids of the devices that it is divided over, parted by commas; all when empty. */
  over: string;
}

/** The usual one first. */
export const splitSchemes: readonly SplitScheme[] = ['adaptive', 'static', 'weighted', 'factoring', 'trapezoid', 'guided', 'self'];

export const noOptions: OptionTexts = {
  name: '',
  group: '',
  priority: '',
  cores: '',
  memory: '',
  timeLimit: '',
  expected: '',
  deadline: '',
  begin: '',
  hours: '',
  after: '',
  afterAny: '',
  afterNotOk: '',
  retries: '',
  preemptible: '',
  resumeCommand: '',
  array: '',
  gang: '',
  deviceKind: '',
  deviceCount: '',
  deviceMemory: '',
  on: '',
  notOn: '',
  prefer: '',
  mayFallBack: '',
  split: '',
  over: '',
};

/** Which of the devices that fit. */
export const preferences = ['pack', 'spread'] as const;

export type OptionName = keyof OptionTexts;

/** The part of a job that its options make. */
export interface JobOptions {
  name?: string;
  group?: string;
  priority?: number;
  resources?: NonNullable<JobRequest['resources']>;
  timeLimitSeconds?: number;
  expectedSeconds?: number;
  deadlineAt?: number;
  notBeforeAt?: number;
  hours?: Hours;
  after?: number[];
  afterAny?: number[];
  afterNotOk?: number[];
  retries?: number;
  preemptible?: { graceSeconds: number };
}

/** Not a size, but as much as the same work held before. */
const isLearned = ({ deviceMemory }: OptionTexts): boolean => deviceMemory.trim().toLowerCase() === 'auto';

const parse = (texts: OptionTexts, now: number) => ({
  priority: parseNumber(texts.priority, -1000, 1000, true),
  cores: parseNumber(texts.cores, 0.001, 4096, false),
  memory: parseBytes(texts.memory),
  timeLimit: parseSeconds(texts.timeLimit),
  expected: parseSeconds(texts.expected),
  deadline: parseComing(texts.deadline, now),
  begin: parseComing(texts.begin, now),
  hours: parseHours(texts.hours),
  after: parseIds(texts.after),
  afterAny: parseIds(texts.afterAny),
  afterNotOk: parseIds(texts.afterNotOk),
  retries: parseNumber(texts.retries, 0, 100, true),
  preemptible: parseSeconds(texts.preemptible),
  array: parseArray(texts.array),
  deviceCount: parseNumber(texts.deviceCount, 1, 64, true),
  deviceMemory: isLearned(texts) ? { kind: 'empty' as const } : parseBytes(texts.deviceMemory),
});

/** Which fields hold something that cannot be read; those that are out of sight do not count. */
export const wrongOptions = (texts: OptionTexts, way: Way): readonly OptionName[] => {
  const parsed: Record<string, Typed<unknown>> = parse(texts, Date.now());
  return (Object.keys(texts) as OptionName[]).filter((name) => parsed[name]?.kind === 'wrong' && isAsked(name, texts, way));
};

/** What is run: files, a command or a container. */
export type Way = 'files' | 'command' | 'container';

/** Whether an option means something for what is run. */
export const isAsked = (name: OptionName, { preemptible, array }: OptionTexts, way: Way): boolean => {
  if (name === 'array') return way !== 'files';
  if (name === 'gang') return way !== 'files' && array.trim() !== '';
  return name !== 'resumeCommand' || (way === 'command' && preemptible.trim() !== '');
};

const valueOf = <Value>(typed: Typed<Value>): Value | undefined => (typed.kind === 'value' ? typed.value : undefined);

/** Only what was typed is sent; the core fills in the rest. Times such as "in 2 h" count from `now`. */
export const jobOptions = (texts: OptionTexts, now = Date.now()): JobOptions => {
  const parsed = parse(texts, now);
  const priority = valueOf(parsed.priority);
  const cores = valueOf(parsed.cores);
  const memoryBytes = valueOf(parsed.memory);
  const timeLimitSeconds = valueOf(parsed.timeLimit);
  const expectedSeconds = valueOf(parsed.expected);
  const deadlineAt = valueOf(parsed.deadline);
  const notBeforeAt = valueOf(parsed.begin);
  const hours = valueOf(parsed.hours);
  const after = valueOf(parsed.after);
  const graceSeconds = valueOf(parsed.preemptible);
  const afterAny = valueOf(parsed.afterAny);
  const afterNotOk = valueOf(parsed.afterNotOk);
  const retries = valueOf(parsed.retries);
  const resources = {
    ...(cores === undefined ? {} : { cores }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...deviceOptions(texts, valueOf(parsed.deviceCount), valueOf(parsed.deviceMemory)),
  };
  return {
    ...(texts.name.trim() ? { name: texts.name.trim() } : {}),
    ...(texts.group.trim() ? { group: texts.group.trim() } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(expectedSeconds === undefined ? {} : { expectedSeconds }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(notBeforeAt === undefined ? {} : { notBeforeAt }),
    ...(hours === undefined ? {} : { hours }),
    ...(after === undefined ? {} : { after }),
    ...(afterAny === undefined ? {} : { afterAny }),
    ...(afterNotOk === undefined ? {} : { afterNotOk }),
    ...(retries === undefined ? {} : { retries }),
    ...(graceSeconds === undefined ? {} : { preemptible: { graceSeconds } }),
  };
};

/** Of a command or a container: one job for each index. */
export const arrayOption = (texts: OptionTexts): { array?: ArrayRange & { gang?: true } } => {
  const array = valueOf(parseArray(texts.array));
  return array ? { array: { ...array, ...(texts.gang && { gang: true }) } } : {};
};

/** Of a command, as a line for the shell. */
export const resumeOption = (texts: OptionTexts): { resumeCommand?: string[] } => {
  const line = texts.resumeCommand.trim();
  return line !== '' && isAsked('resumeCommand', texts, 'command') ? { resumeCommand: ['sh', '-c', line] } : {};
};

/** The same of a job whose items may be divided; a divided one names its devices with the division alone. */
export const dividedOptions = (texts: OptionTexts): JobOptions & { split?: SplitRequest } => {
  const scheme = splitSchemes.find((known) => known === texts.split);
  if (!scheme) return jobOptions(texts);
  const over = idsIn(texts.over);
  return {
    ...jobOptions({ ...texts, deviceKind: '', on: '', notOn: '', prefer: '' }),
    split: { scheme, over: over.length === 0 ? 'all' : over },
  };
};

const idsIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const kinds = ['gpu', 'npu', 'fpga'] as const;

/** A count and an amount mean something only with a kind. */
const deviceOptions = (texts: OptionTexts, count: number | undefined, memoryBytes: number | undefined): JobOptions['resources'] => {
  const kind = kinds.find((known) => known === texts.deviceKind);
  const [on, notOn] = [idsIn(texts.on), idsIn(texts.notOn)];
  const prefer = preferences.find((known) => known === texts.prefer);
  return {
    ...(kind && {
      device: {
        kind,
        ...(count === undefined ? {} : { count }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        ...(isLearned(texts) ? { learnedMemory: true } : {}),
      },
      ...(texts.mayFallBack ? { mayFallBack: true } : {}),
    }),
    ...(on.length > 0 ? { on } : {}),
    ...(notOn.length > 0 ? { notOn } : {}),
    ...(prefer ? { prefer } : {}),
  };
};
