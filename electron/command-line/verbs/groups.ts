import type { GroupChange, GroupState } from '../../../shared/contract/scheduler.ts';
import { formatDuration, formatNumber } from '../../../shared/words/format.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import { readLabel } from '../job-options.ts';
import { parseCores } from '../quantities.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Session, Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

export const groups: Verb = {
  name: 'groups',
  usage: '[set NAME [--weight W] [--quota-cores N] [--quota-devices KIND:N]]',
  summary: 'verb-groups',
  flags: ['weight', 'quota-cores', 'quota-devices'],
  examples: [
    'switchyard groups',
    'switchyard groups set lab --weight 3',
    'switchyard groups set lab/alice --quota-cores 4 --quota-devices gpu:1',
    'switchyard groups set lab/alice --quota-cores none',
  ],
  run: async (session) => {
    const { words, output } = session;
    const [action, name, ...more] = words.operands;
    if (action !== undefined && action !== 'set') throw wrongUsage('group-action', { text: action });
    if (more.length > 0) throw wrongUsage('too-many', { word: more[0] });
    const change = action === 'set' ? readChange(name, words) : undefined;
    if (!change) refuseFlags(words);
    const { client } = await session.core();
    if (change) await client.scheduler.setGroup(change);
    const { groups: all } = await client.scheduler.groups();
    if (output.isJson) output.printJson({ groups: all });
    else for (const line of formatTable(columnsOf(session), all, output.columns, output.style.dim)) output.print(line);
    return exitCodes.done;
  },
};

const changeFlags = ['weight', 'quota-cores', 'quota-devices'] as const;

const refuseFlags = (words: Arguments): void => {
  const flag = changeFlags.find((one) => words.has(one));
  if (flag) throw wrongUsage('group-flag-alone', { flag: `--${flag}` });
};

const readChange = (text: string | undefined, words: Arguments): GroupChange => {
  if (text === undefined) throw wrongUsage('group-missing');
  const name = readLabel(text, 'NAME', 100);
  const weight = words.value('weight');
  const cores = words.value('quota-cores');
  const devices = words.values('quota-devices').flatMap((list) => list.split(',').map(parseLimit));
  if (!changeFlags.some((flag) => words.has(flag))) throw wrongUsage('group-nothing', { name });
  return {
    name,
    ...(weight !== undefined && { weight: parseWeight(weight) }),
    quota: {
      ...(cores !== undefined && { cores: cores === 'none' ? null : parseQuota(cores, name) }),
      ...(devices.length > 0 && { devices: Object.fromEntries(devices) }),
    },
  };
};

const parseQuota = (text: string, name: string): number => {
  if (/^0*\.?0+$/.test(text.trim())) throw wrongUsage('quota-cores-none', { name });
  return parseCores(text, '--quota-cores');
};

/** Whether it may be used is for the core to say, in words. */
const parseWeight = (text: string): number => {
  const value = /^-?\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw wrongUsage('weight-wrong', { text });
  return value;
};

const parseLimit = (text: string): [kind: string, limit: number | null] => {
  const [, kind = '', limit = ''] = /^(gpu|npu|fpga):(\d{1,3}|none)$/i.exec(text.trim()) ?? [];
  if (kind === '') throw wrongUsage('quota-devices-wrong', { text });
  return [kind.toLowerCase(), limit === 'none' ? null : Number(limit)];
};

const columnsOf = ({ text, locale }: Session): Column<GroupState>[] => {
  const number = (value: number, digits = 0): string => formatNumber(value, locale, digits);
  return [
    { title: text('column-group'), most: 40, cell: ({ name }) => name },
    { title: text('column-weight'), isRight: true, cell: ({ weight }) => number(weight, 3) },
    { title: text('column-share'), isRight: true, cell: ({ sharePercent }) => `${number(sharePercent, 1)} %` },
    { title: text('column-running'), isRight: true, cell: ({ running }) => number(running) },
    { title: text('column-waiting'), isRight: true, cell: ({ waiting }) => number(waiting) },
    { title: text('column-core-time'), isRight: true, cell: ({ used }) => formatDuration(used.coreSeconds, locale) },
    { title: text('column-quota'), cell: ({ quota }) => limitsOf(quota, (cores) => text('quota-cores', { cores })) },
  ];
};

const limitsOf = ({ cores, devices = {} }: GroupState['quota'], coresText: (cores: number) => string): string =>
  [...(cores === undefined ? [] : [coresText(cores)]), ...Object.entries(devices).map(([kind, limit]) => `${limit} ${kind}`)].join(', ');
