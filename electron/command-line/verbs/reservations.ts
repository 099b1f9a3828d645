import type { NewReservation, Reservation } from '../../../shared/contract/scheduler.ts';
import { clockTime } from '../../../shared/words/clock-time.ts';
import { comingMoment } from '../../../shared/words/coming-moment.ts';
import { formatBytes } from '../../../shared/words/format.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import { repeats as ways } from '../flags.ts';
import { readLabel } from '../job-options.ts';
import { parseChoice, parseCores, parseSize } from '../quantities.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Session, Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

const addFlags = ['from', 'to', 'repeat', 'cpus', 'memory', 'devices', 'device-memory', 'end-running'] as const;

export const reservations: Verb = {
  name: 'reservations',
  usage:
    '[add GROUP [--from WHEN] --to WHEN [--repeat HOW] [--cpus N] [--memory SIZE] [--devices ID,ID… [--device-memory SIZE]] [--end-running] | remove ID]',
  summary: 'verb-reservations',
  flags: [...addFlags],
  means: {
    cpus: { value: 'N', description: 'flag-reserve-cpus' },
    memory: { value: 'SIZE', description: 'flag-reserve-memory' },
    'device-memory': { value: 'SIZE', description: 'flag-reserve-device-memory' },
  },
  examples: [
    'switchyard reservations',
    'switchyard reservations add lab --from 20:00 --to 08:00 --repeat weekdays --devices gpu0',
    'switchyard reservations add lab/alice --to 2h --cpus 4 --memory 16GB --end-running',
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
    const gone = action === 'remove' && name !== undefined ? parseReservationId(name) : undefined;
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

const parseReservationId = (text: string): number => {
  if (!/^\d{1,15}$/.test(text) || Number(text) === 0) throw wrongUsage('reservation-id-wrong', { text });
  return Number(text);
};

const readReservation = (name: string, words: Arguments, now: number): NewReservation => {
  const startsAt = parseFrom(words.value('from') ?? 'now', '--from', now);
  const to = words.value('to');
  if (to === undefined) throw wrongUsage('reservation-to-missing');
  const cores = words.value('cpus');
  const memory = words.value('memory');
  const deviceMemory = words.value('device-memory');
  const repeats = words.value('repeat');
  if (!['cpus', 'memory', 'devices'].some((flag) => words.has(flag as (typeof addFlags)[number]))) throw wrongUsage('reservation-nothing');
  return {
    group: readLabel(name, 'GROUP', 100),
    startsAt,
    // The next time that the clock shows it from then on: 20:00 to 08:00 is a night.
    endsAt: parseFrom(to, '--to', startsAt),
    ...(repeats !== undefined && { repeats: parseChoice(repeats, '--repeat', ways) }),
    ...(cores !== undefined && { cores: parseCores(cores, '--cpus') }),
    ...(memory !== undefined && { memoryBytes: parseSize(memory, '--memory') }),
    ...(deviceMemory !== undefined && { deviceMemoryBytes: parseSize(deviceMemory, '--device-memory') }),
    ...(words.has('end-running') && { endsRunning: true }),
    devices: words.values('devices').flatMap((text) => text.split(',').map((id) => readLabel(id.trim(), '--devices', 100))),
  };
};

const parseFrom = (text: string, flag: string, from: number): number => {
  const at = text === 'now' ? from : comingMoment(text, from);
  if (at === undefined) throw wrongUsage('coming-wrong', { flag, text });
  return at;
};

const columnsOf = (session: Session, now: number): Column<Reservation>[] => {
  const { text } = session;
  return [
    { title: text('column-id'), isRight: true, cell: ({ id }) => String(id) },
    { title: text('column-group'), most: 40, cell: ({ group }) => group },
    {
      title: text('column-reserved'),
      cell: (one) => whatText(one, session),
    },
    { title: text('column-from'), cell: ({ next, startsAt }) => clockTime(next?.from ?? startsAt, now) },
    { title: text('column-to'), cell: ({ next, endsAt }) => clockTime(next?.to ?? endsAt, now) },
    { title: text('column-repeats'), cell: ({ repeats }) => text(`repeats-${repeats}`) },
    {
      title: text('column-others'),
      cell: ({ endsRunning }) => text(endsRunning ? 'reservation-ends-running' : 'reservation-leaves-running'),
    },
    { title: text('column-state'), cell: (one) => stateText(one, session, now) },
  ];
};

const whatText = ({ cores, memoryBytes, devices, deviceMemoryBytes }: Reservation, { text, locale }: Session): string => {
  const named = devices.join(', ');
  return [
    cores === undefined ? '' : text('quota-cores', { cores }),
    memoryBytes === undefined ? '' : text('reservation-memory', { bytes: formatBytes(memoryBytes, locale) }),
    deviceMemoryBytes === undefined ? named : text('reservation-each', { devices: named, bytes: formatBytes(deviceMemoryBytes, locale) }),
  ]
    .filter(Boolean)
    .join(', ');
};

const stateText = ({ next, heldUpBy }: Reservation, { text }: Session, now: number): string => {
  if (!next || next.from > now) return text('reservation-coming');
  if (!heldUpBy) return text('reservation-open');
  const jobs = heldUpBy.map(({ id, name, isEnding }) => text(isEnding ? 'reservation-ending' : 'reservation-runs-on', { id, name }));
  return text('reservation-held-up', { jobs: jobs.join(', ') });
};
