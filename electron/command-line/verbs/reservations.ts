import type { NewReservation, Reservation } from '../../../shared/contract/scheduler.ts';
import { clockTime } from '../../../shared/words/clock-time.ts';
import { comingMoment } from '../../../shared/words/coming-moment.ts';
import { formatNumber } from '../../../shared/words/format.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import { repeats as ways } from '../flags.ts';
import { readLabel } from '../job-options.ts';
import { parseChoice, parseCores, parseId } from '../quantities.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Session, Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

export const reservations: Verb = {
  name: 'reservations',
  usage: '[add GROUP [--from WHEN] --to WHEN [--repeat HOW] [--cpus N] [--devices ID,ID…] | remove ID]',
  summary: 'verb-reservations',
  flags: ['from', 'to', 'repeat', 'cpus', 'devices'],
  examples: [
    'switchyard reservations',
    'switchyard reservations add lab --from 20:00 --to 08:00 --repeat weekdays --devices gpu0',
    'switchyard reservations add lab/alice --to 2h --cpus 4',
    'switchyard reservations remove 3',
  ],
  run: async (session) => {
    const { words, output } = session;
    const [action, name, ...more] = words.operands;
    if (more.length > 0) throw wrongUsage('too-many', { word: more[0] });
    if (action !== undefined && action !== 'add' && action !== 'remove') throw wrongUsage('reservation-action', { text: action });
    if (action !== undefined && name === undefined) throw wrongUsage('reservation-operand', { action });
    const flag = addFlags.find((one) => words.has(one));
    if (action !== 'add' && flag) throw wrongUsage('reservation-flag-alone', { flag: `--${flag}` });
    const asked = action === 'add' && name !== undefined ? readReservation(name, words, Date.now()) : undefined;
    const gone = action === 'remove' && name !== undefined ? parseId(name) : undefined;
    const { client } = await session.core();
    if (asked) await client.scheduler.addReservation(asked);
    if (gone !== undefined) await client.scheduler.removeReservation({ id: gone });
    const { reservations: all } = await client.scheduler.reservations();
    if (output.isJson) output.printJson({ reservations: all });
    else if (all.length === 0) output.print(session.text('reservations-none'));
    else for (const line of formatTable(columnsOf(session, Date.now()), all, output.columns, output.style.dim)) output.print(line);
    return exitCodes.done;
  },
};

const addFlags = ['from', 'to', 'repeat', 'cpus', 'devices'] as const;

const readReservation = (name: string, words: Arguments, now: number): NewReservation => {
  const startsAt = parseFrom(words.value('from') ?? 'now', '--from', now);
  const to = words.value('to');
  if (to === undefined) throw wrongUsage('reservation-to-missing');
  const cores = words.value('cpus');
  const repeats = words.value('repeat');
  return {
    group: readLabel(name, 'GROUP', 100),
    startsAt,
    // The next time that the clock shows it from then on: 20:00 to 08:00 is a night.
    endsAt: parseFrom(to, '--to', startsAt),
    ...(repeats !== undefined && { repeats: parseChoice(repeats, '--repeat', ways) }),
    ...(cores !== undefined && { cores: parseCores(cores, '--cpus') }),
    devices: words.values('devices').flatMap((text) => text.split(',').map((id) => readLabel(id.trim(), '--devices', 100))),
  };
};

const parseFrom = (text: string, flag: string, from: number): number => {
  const at = text === 'now' ? from : comingMoment(text, from);
  if (at === undefined) throw wrongUsage('coming-wrong', { flag, text });
  return at;
};

const columnsOf = ({ text, locale }: Session, now: number): Column<Reservation>[] => [
  { title: text('column-id'), isRight: true, cell: ({ id }) => String(id) },
  { title: text('column-group'), most: 40, cell: ({ group }) => group },
  {
    title: text('column-reserved'),
    cell: ({ cores, devices }) =>
      [...(cores === undefined ? [] : [`${formatNumber(cores, locale, 2)} ${text('quota-cores-unit')}`]), ...devices].join(', '),
  },
  { title: text('column-from'), cell: ({ next, startsAt }) => clockTime(next?.from ?? startsAt, now) },
  { title: text('column-to'), cell: ({ next, endsAt }) => clockTime(next?.to ?? endsAt, now) },
  { title: text('column-repeats'), cell: ({ repeats }) => text(`repeats-${repeats}`) },
];
