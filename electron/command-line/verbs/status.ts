import type { Status } from '../../../shared/contract/app.ts';
import { isEndedKind, isFailedKind } from '../../../shared/model/ended-kinds.ts';
import type { JobDetail, JobRow, Preemptions } from '../../../shared/model/job.ts';
import { pausedMs, ranSeconds } from '../../../shared/model/run-time.ts';
import { formatBytes, formatDuration, formatNumber } from '../../../shared/words/format.ts';
import { startText } from '../../../shared/words/plan.ts';
import { deviceMemoryText, memoryTexts, predictionText, qualityText } from '../../../shared/words/prediction.ts';
import { isUnknownJob } from '../array-members.ts';
import { reasonText, stateWord } from '../job-text.ts';
import { jobTimes } from '../job-times.ts';
import { parseId } from '../quantities.ts';
import { wrongUsage } from '../failure.ts';
import { partFacts } from '../part-facts.ts';
import { ranOnFacts } from '../ran-on-facts.ts';
import type { Session, Verb } from '../session.ts';
import { askedText, whereText } from '../device-text.ts';
import { formatTable, type Column } from '../table.ts';
import { oneLine } from '../text-width.ts';

export const status: Verb = {
  name: 'status',
  usage: '[ID] [--all]',
  summary: 'verb-status',
  flags: ['all'],
  examples: ['switchyard', 'switchyard status --all', 'switchyard status 7', 'switchyard status --json'],
  run: async (session) => {
    const [id, ...more] = session.words.operands;
    if (more.length > 0) throw wrongUsage('too-many', { word: more[0] });
    if (id === undefined) await showQueue(session);
    else await showOne(session, parseId(id));
    return 0;
  },
};

/** As many as a person reads at once; programs get a whole page of the contract. */
const mostRows = 50;
const mostRowsJson = 500;

const showQueue = async (session: Session): Promise<void> => {
  const { output, words } = session;
  const { client } = await session.core();
  const limit = output.isJson ? mostRowsJson : mostRows;
  const [system, page] = await Promise.all([
    client.app.status(),
    client.jobs.list({ filter: 'all', limit, fold: !output.isJson && !words.has('all') }),
  ]);
  const rows = words.has('all') ? page.rows : page.rows.filter(({ state }) => !('endedAt' in state));
  if (output.isJson) return output.printJson({ ...system, jobs: rows });
  output.print(countsLine(session, system));
  if (rows.length > 0)
    for (const line of formatTable(columns(session, Date.now()), rows, output.columns, output.style.dim)) output.print(line);
  const { running, pending, held } = system.counts;
  const total = words.has('all') ? page.total : running + pending + held;
  const shown = rows.reduce((sum, { array }) => sum + (array?.counts ? openIn(array.counts) : 1), 0);
  if (total > shown) output.print(output.style.dim(session.text('status-more', { count: total - shown })));
};

const countsLine = ({ text, output, locale }: Session, { counts, isPaused, hostName }: Status): string => {
  const parts = (['running', 'pending', 'held', 'succeeded', 'failed', 'cancelled'] as const)
    .filter((kind) => counts[kind] > 0 || kind === 'running' || kind === 'pending')
    .map((kind) => `${formatNumber(counts[kind], locale, 0)} ${text(`count-${kind}`)}`);
  const paused = isPaused ? `  ${output.style.yellow(text('status-paused'))}` : '';
  return `${output.style.bold(oneLine(hostName))}: ${parts.join(', ')}${paused}`;
};

const columns = (session: Session, now: number): Column<JobRow>[] => [
  { title: session.text('column-id'), isRight: true, cell: ({ id, array }) => String(array?.counts ? array.id : id) },
  {
    title: session.text('column-state'),
    cell: ({ state }) => stateWord(session, state.kind),
    style: (word, { state }) => paint(session, word, state.kind),
  },
  {
    title: session.text('column-name'),
    most: 32,
    cell: ({ name, array }) => (array?.counts ? `${name.replace(/ \[\d+\]$/, '')} ×${array.size}` : name),
  },
  { title: session.text('column-group'), most: 16, cell: ({ group }) => group },
  { title: session.text('column-so-far'), isRight: true, cell: (row) => formatDuration(secondsSoFar(row, now), session.locale) },
  {
    title: '',
    cell: (row) => arrayCounts(row, session) || progressOf(row, session) || withPreemption(session, row) || whenDone(row, session, now),
  },
];

/** Why it waits, and for whom it was ended while it waits again. */
const withPreemption = (session: Session, row: JobRow): string =>
  row.state.kind === 'pending' && row.state.preemptions
    ? `${shortlyText(row.state.preemptions.by, session)} ${reasonText(session, row)}`
    : reasonText(session, row);

const shortlyText = (by: Preemptions['by'], { text }: Session): string =>
  'reservation' in by ? text('preempted-shortly-for', by.reservation) : text('preempted-shortly', { ...by });

/** Of a running job; what an ended one took is said beside what is known of it alone. */
const whenDone = (row: JobRow, { locale }: Session, now: number): string =>
  'placement' in row.state ? (predictionText(row, now, locale) ?? '') : '';

const paint = ({ output }: Session, word: string, kind: JobRow['state']['kind']): string => {
  if (kind === 'succeeded') return output.style.green(word);
  if (isFailedKind(kind)) return output.style.red(word);
  return kind === 'starting' || kind === 'running' || kind === 'completing' ? output.style.blue(word) : word;
};

/** Waiting time while it waits, running time while it runs or once it has ended. */
const secondsSoFar = ({ state, submittedAt }: JobRow, now: number): number => {
  const ran = ranSeconds(state, now);
  if (ran !== undefined) return ran;
  const from = 'since' in state ? state.since : submittedAt;
  const to = 'endedAt' in state ? state.endedAt : now;
  return Math.max(0, to - from) / 1000;
};

const progressOf = ({ progress, state }: JobRow, { locale }: Session): string =>
  progress && !('endedAt' in state) ? `${formatNumber(Math.floor((100 * progress.done) / progress.total), locale, 0)} %` : '';

const openIn = (counts: Readonly<Record<string, number>>): number =>
  Object.entries(counts).reduce((sum, [kind, count]) => sum + (isEndedKind(kind) ? 0 : count), 0);

/** Of a line that stands for a whole array: how many of its jobs are in which state. */
const arrayCounts = ({ array }: JobRow, session: Session): string => (array?.counts ? countsText(array.counts, session) : '');

const countsText = (counts: Readonly<Record<string, number>>, session: Session): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${formatNumber(count, session.locale, 0)} ${stateWord(session, kind as JobRow['state']['kind'])}`)
    .join(', ');

const showOne = async (session: Session, id: number): Promise<void> => {
  try {
    await showJob(session, id);
  } catch (error) {
    if (!isUnknownJob(error)) throw error;
    await showArray(session, id);
  }
};

const showArray = async (session: Session, id: number): Promise<void> => {
  const { client } = await session.core();
  const [state, page] = await Promise.all([client.jobs.array({ id }), client.jobs.list({ array: id, limit: mostRowsJson })]);
  if (session.output.isJson) return session.output.printJson({ ...state, jobs: page.rows });
  session.output.print(`#${id} ${oneLine(state.name)}: ${countsText(state.counts, session)}`);
  const { output } = session;
  for (const line of formatTable(columns(session, Date.now()), page.rows, output.columns, output.style.dim)) output.print(line);
  if (page.total > page.rows.length) output.print(output.style.dim(session.text('status-more', { count: page.total - page.rows.length })));
};

const showJob = async (session: Session, id: number): Promise<void> => {
  const { client } = await session.core();
  const job = await client.jobs.get({ id });
  if (session.output.isJson) return session.output.printJson(job);
  const facts = factsOf(session, job, Date.now());
  const rows = facts.filter(([, value]) => value !== '');
  const table: Column<(typeof rows)[number]>[] = [
    { title: `#${job.id}`, cell: ([name]) => name, style: session.output.style.dim },
    { title: oneLine(job.name), cell: ([, value]) => value },
  ];
  for (const line of formatTable(table, rows, session.output.columns, session.output.style.bold)) session.output.print(line);
};

const factsOf = (session: Session, job: JobDetail, now: number): [string, string][] => {
  const { text, locale } = session;
  const { waitSeconds, runSeconds } = jobTimes(job);
  const duration = (seconds: number | undefined): string => (seconds === undefined ? '' : formatDuration(seconds, locale));
  return [
    [text('fact-state'), stateWord(session, job.state.kind)],
    [text('fact-why'), reasonText(session, job)],
    [text('fact-position'), job.position === undefined ? '' : formatNumber(job.position, locale, 0)],
    [text('fact-progress'), progressOf(job, session)],
    [text('fact-kind'), job.runtime],
    [text('fact-group'), job.group],
    [text('fact-priority'), String(job.priority)],
    [text('fact-command'), 'command' in job.spec ? job.spec.command.join(' ') : ''],
    [text('fact-cores'), formatNumber(job.demand.cores, locale, 2)],
    [text('fact-memory'), formatBytes(job.demand.memoryBytes, locale)],
    [text('fact-asked'), askedText(job.spec.resources, locale)],
    [text('fact-device'), whereText(job)],
    [text('fact-device-memory'), deviceMemoryText(job.demand, locale) ?? ''],
    ...ranOnFacts(session, job),
    ...partFacts(session, job),
    [text('fact-waited'), duration(waitSeconds ?? secondsSoFar(job, now))],
    [text('fact-ran'), duration(runSeconds ?? ('placement' in job.state ? secondsSoFar(job, now) : undefined))],
    [text('fact-paused'), duration(pausedMs(job.state, now) > 0 ? pausedMs(job.state, now) / 1000 : undefined)],
    [text('fact-preempted'), preemptedText(job, session)],
    [text('fact-prediction'), predictionText(job, now, locale) ?? ''],
    [text('fact-start'), job.startsAt === undefined ? '' : startText(job.startsAt, now, locale)],
    [text('fact-memory-need'), memoryTexts(job, locale).join(' ')],
    [text('fact-quality'), job.predictionQuality ? qualityText(job.predictionQuality, locale) : ''],
    [text('fact-results'), job.artifacts.map(({ name }) => name).join(', ')],
  ];
};

/** By whom last, how often, and what that has cost. */
const preemptedText = ({ state }: JobRow, { text, locale }: Session): string => {
  if (!state.preemptions) return '';
  const { by, count, lostSeconds } = state.preemptions;
  const duration = (seconds: number): string => formatDuration(seconds, locale);
  const cost = { count, lost: duration(lostSeconds) };
  if ('reservation' in by) return text('preempted-for', { ...by.reservation, ...cost });
  const outran = by.outran && { ran: duration(by.outran.ranSeconds), p90: duration(by.outran.p90Seconds) };
  const saves = by.saves && { saves: [by.saves.job], due: by.saves.due };
  return text('preempted-by', { id: by.id, name: by.name, ...cost, ...outran, ...saves });
};
