import type { DeviceRequest, Hours, JobRequest, SplitRequest } from '../../shared/model/job.ts';
import { parseHours } from '../../shared/words/hours.ts';
import { wrongUsage } from './failure.ts';
import { flags } from './flags.ts';
import { parseComing } from './moments.ts';
import { parseChoice, parseCores, parseDevice, parseId, parseSize, parseTime, parseWhole } from './quantities.ts';
import type { Arguments } from './read-arguments.ts';

/** The part of a request that every job has, read from `jobFlags`. What was not given stays out, so that the core's defaults hold. */
export type JobOptions = Pick<
  JobRequest,
  | 'name'
  | 'group'
  | 'priority'
  | 'resources'
  | 'timeLimitSeconds'
  | 'expectedSeconds'
  | 'deadlineAt'
  | 'notBeforeAt'
  | 'hours'
  | keyof Dependencies
  | 'preemptible'
  | 'retries'
>;
type Dependencies = Pick<JobRequest, 'after' | 'afterAny' | 'afterNotOk'>;

export const readJobOptions = (words: Arguments): JobOptions => ({
  ...readLabels(words),
  ...given('priority', words.value('priority'), (text) => parseWhole(text, '--priority', -1000, 1000)),
  ...given('timeLimitSeconds', words.value('time'), (text) => parseTime(text, '--time')),
  ...given('expectedSeconds', words.value('expect'), (text) => parseTime(text, '--expect')),
  ...given('deadlineAt', words.value('deadline'), (text) => parseComing(text, '--deadline')),
  ...given('notBeforeAt', words.value('begin'), (text) => parseComing(text, '--begin')),
  ...given('hours', words.value('hours'), readHours),
  ...given('retries', words.value('retries'), (text) => parseWhole(text, '--retries', 0, 100)),
  ...readDependencies(words),
  ...readPreemption(words),
  resources: {
    ...given('cores', words.value('cpus'), (text) => parseCores(text, '--cpus')),
    ...given('memoryBytes', words.value('memory'), (text) => parseSize(text, '--memory')),
    ...readDevice(words),
  },
});

const readHours = (text: string): Hours => {
  const hours = parseHours(text);
  if (!hours) throw wrongUsage('hours-wrong', { text });
  return hours;
};

const readDependencies = (words: Arguments): Dependencies => {
  const ids = (flag: 'after' | 'after-any' | 'after-not-ok') => words.values(flag).flatMap((text) => text.split(',').map(parseId));
  const [any, notOk] = [ids('after-any'), ids('after-not-ok')];
  return { after: ids('after'), ...(any.length > 0 && { afterAny: any }), ...(notOk.length > 0 && { afterNotOk: notOk }) };
};

const readPreemption = (words: Arguments): Pick<JobRequest, 'preemptible'> => {
  const grace = words.value('grace');
  if (!words.has('preemptible')) {
    if (grace !== undefined) throw wrongUsage('only-preemptible', { flag: '--grace' });
    return {};
  }
  return { preemptible: given('graceSeconds', grace, (text) => parseTime(text, '--grace')) };
};

/** What a person calls a job. */
export const readLabels = (words: Arguments): Pick<JobRequest, 'name' | 'group'> => ({
  ...given('name', words.value('name'), (text) => readLabel(text, '--name', 200)),
  ...given('group', words.value('group'), (text) => readLabel(text, '--group', 100)),
});

/** Over which devices a job is divided, and how; absent without `splitFlags`. */
export const readSplit = (words: Arguments): { split?: SplitRequest } => {
  if (!words.has('split') && !words.has('over')) return {};
  const over = words.values('over').flatMap((text) => text.split(',').map((id) => readLabel(id.trim(), '--over', 100)));
  const scheme = parseChoice(words.value('split') ?? 'adaptive', '--split', flags.split.choices);
  return { split: { scheme, over: over.length === 0 || over.includes('all') ? 'all' : over } };
};

type DeviceWishes = Pick<NonNullable<JobRequest['resources']>, 'device' | 'on' | 'notOn' | 'prefer' | 'mayFallBack'>;

const readDevice = (words: Arguments): DeviceWishes => {
  const device = words.value('device');
  const memory = words.value('device-memory');
  const alone = memory === undefined ? (words.has('flexible') ? '--flexible' : undefined) : '--device-memory';
  if (device === undefined && alone !== undefined) throw wrongUsage('device-missing', { flag: alone });
  const ids = (flag: 'on' | 'not-on') =>
    words.values(flag).flatMap((text) => text.split(',').map((id) => readLabel(id.trim(), `--${flag}`, 100)));
  const [on, notOn] = [ids('on'), ids('not-on')];
  return {
    ...(device !== undefined && {
      device: { ...parseDevice(device), ...readDeviceMemory(memory) },
    }),
    ...(on.length > 0 && { on }),
    ...(notOn.length > 0 && { notOn }),
    ...given('prefer', words.value('prefer'), (text) => parseChoice<'pack' | 'spread'>(text, '--prefer', ['pack', 'spread'])),
    ...(words.has('flexible') && { mayFallBack: true }),
  };
};

/** A size, or as much as the same work held before. */
const readDeviceMemory = (text: string | undefined): Pick<DeviceRequest, 'memoryBytes' | 'learnedMemory'> =>
  text === 'auto' ? { learnedMemory: true } : given('memoryBytes', text, (size) => parseSize(size, '--device-memory'));

const given = <Key extends string, Value>(key: Key, text: string | undefined, read: (text: string) => Value): { [K in Key]?: Value } =>
  text === undefined ? {} : ({ [key]: read(text) } as { [K in Key]?: Value });

/** A name of something, as long as the core takes it. */
export const readLabel = (text: string, flag: string, longest: number): string => {
  if (text === '' || text.length > longest) throw wrongUsage('label-wrong', { flag, longest });
  return text;
};
