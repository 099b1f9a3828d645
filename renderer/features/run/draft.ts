import type { JobSpec } from '../../../shared/model/job.ts';
import { hoursText } from '../../../shared/words/hours.ts';
import { noOptions, type OptionTexts } from './job-options.ts';
import { quoteWords } from './quantities.ts';
import { stagedRef, type Staged } from './staged.ts';

/** A job that was submitted before, as a start for another one. */
export interface Draft {
  id: number;
  spec: JobSpec;
  files: readonly Staged[];
}

export const draftOf = (id: number, spec: JobSpec): Draft => ({ id, spec, files: refsOf(spec).map(stagedRef) });

const refsOf = (spec: JobSpec) => {
  if (spec.runtime === 'onnx') return [spec.model, ...spec.inputs.map(({ file }) => file)];
  if (spec.runtime === 'application') return spec.files;
  return spec.runtime === 'container' ? spec.inputs : [];
};

/** The options of a job as a person would type them; what is usual stays empty. */
export const optionTexts = (spec: JobSpec): OptionTexts => ({
  ...noOptions,
  name: spec.name ?? '',
  group: spec.group === 'default' ? '' : spec.group,
  priority: spec.priority === 0 ? '' : String(spec.priority),
  cores: spec.resources.cores === 1 ? '' : String(spec.resources.cores),
  memory: spec.resources.memoryBytes === undefined ? '' : inLargestUnit(spec.resources.memoryBytes, byteUnits),
  timeLimit: spec.timeLimitSeconds === undefined ? '' : inLargestUnit(spec.timeLimitSeconds, secondUnits),
  expected: spec.expectedSeconds === undefined ? '' : inLargestUnit(spec.expectedSeconds, secondUnits),
  hours: spec.hours ? hoursText(spec.hours) : '',
  after: spec.after.join(', '),
  preemptible: spec.preemptible ? inLargestUnit(spec.preemptible.graceSeconds, secondUnits) : '',
  afterAny: spec.afterAny?.join(', ') ?? '',
  afterNotOk: spec.afterNotOk?.join(', ') ?? '',
  retries: spec.retries === 0 ? '' : String(spec.retries),
  resumeCommand: spec.runtime === 'command' && spec.resumeCommand ? commandLineOf(spec.resumeCommand) : '',
  ...deviceTexts(spec.resources),
  ...splitTexts(spec),
});

const splitTexts = (spec: JobSpec): Partial<OptionTexts> =>
  'split' in spec && spec.split ? { split: spec.split.scheme, over: spec.split.over === 'all' ? '' : spec.split.over.join(', ') } : {};

const deviceTexts = ({ device, on, notOn, prefer, mayFallBack }: JobSpec['resources']): Partial<OptionTexts> => ({
  ...(device && {
    deviceKind: device.kind,
    deviceCount: device.count === 1 ? '' : String(device.count),
    deviceMemory: device.memoryBytes === undefined ? (device.learnedMemory ? 'auto' : '') : inLargestUnit(device.memoryBytes, byteUnits),
  }),
  on: on?.join(', ') ?? '',
  notOn: notOn?.join(', ') ?? '',
  prefer: prefer ?? '',
  mayFallBack: mayFallBack ? 'yes' : '',
});

const byteUnits = { TB: 1e12, GB: 1e9, GiB: 1024 ** 3, MB: 1e6, MiB: 1024 ** 2, kB: 1e3, B: 1 };
const secondUnits = { d: 86_400, h: 3600, min: 60, s: 1 };

/** "90 min", not "1.5 h": in the largest unit that needs no fraction, so that nothing is lost. */
const inLargestUnit = (value: number, units: Readonly<Record<string, number>>): string => {
  const found = Object.entries(units).find(([, size]) => value % size === 0);
  return found ? `${value / found[1]} ${found[0]}` : `${value} ${Object.keys(units).at(-1) ?? ''}`;
};

/** One line for the shell that does what the command did. */
export const commandLineOf = (command: readonly string[]): string => {
  const [program, flag, line] = command;
  return program === 'sh' && flag === '-c' && line !== undefined && command.length === 3 ? line : quoteWords(command);
};

export const environmentText = (environment: Readonly<Record<string, string>>): string =>
  Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
