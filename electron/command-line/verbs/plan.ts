import type { JobRow } from '../../../shared/model/job.ts';
import type { Plan, PlannedRun } from '../../../shared/model/plan.ts';
import { clockTime } from '../../../shared/words/clock-time.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import { parseWhole } from '../quantities.ts';
import type { Session, Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

/** As many as a person reads at once; programs get what the contract gives. */
const mostRows = 50;
const mostReasons = 500;

export const plan: Verb = {
  name: 'plan',
  usage: '[--limit N]',
  summary: 'verb-plan',
  flags: ['limit'],
  examples: ['switchyard plan', 'switchyard plan --limit 10', 'switchyard plan --json'],
  run: async (session) => {
    const { output, words } = session;
    const [word] = words.operands;
    if (word !== undefined) throw wrongUsage('too-many', { word });
    const text = words.value('limit');
    const limit = text === undefined ? undefined : parseWhole(text, '--limit', 1, 5000);
    const { client } = await session.core();
    if (output.isJson) {
      output.printJson(await client.scheduler.plan(limit === undefined ? {} : { limit }));
      return exitCodes.done;
    }
    const shown = limit ?? mostRows;
    const [found, waiting] = await Promise.all([
      client.scheduler.plan({ limit: shown }),
      client.jobs.list({ filter: 'pending', limit: Math.min(mostReasons, shown) }),
    ]);
    show(session, found, waiting.rows);
    return exitCodes.done;
  },
};

const show = (session: Session, { runs, isPaused, unplanned, beyond, madeAt }: Plan, waiting: readonly JobRow[]): void => {
  const { output, text } = session;
  if (isPaused) output.say(text('plan-paused'));
  if (runs.length > 0) {
    const reasons = new Map(waiting.map(({ id, wait }) => [id, wait ? session.sentence(wait) : '']));
    for (const line of formatTable(columns(session, madeAt, reasons), runs, output.columns, output.style.dim)) output.print(line);
  } else if (unplanned === 0) output.print(text('plan-empty'));
  if (unplanned > 0) output.say(text('plan-unplanned', { count: unplanned }));
  if (beyond > 0) output.say(text('plan-beyond', { count: beyond }));
};

const columns = (session: Session, now: number, reasons: ReadonlyMap<number, string>): Column<PlannedRun>[] => {
  const { text, output } = session;
  const time = (at: number | undefined): string => (at === undefined ? '?' : clockTime(at, now));
  return [
    {
      title: text('column-start'),
      cell: ({ kind, startsAt }) => (kind === 'running' ? text('plan-runs') : time(startsAt)),
      style: (cell, { kind }) => (kind === 'running' ? output.style.blue(cell) : cell),
    },
    { title: text('column-end'), cell: ({ endsAt }) => time(endsAt) },
    { title: text('column-at-latest'), cell: ({ endsAtLatest }) => time(endsAtLatest) },
    { title: text('column-id'), isRight: true, cell: ({ job }) => String(job.id) },
    { title: text('column-name'), most: 32, cell: ({ job }) => job.name },
    { title: text('column-group'), most: 16, cell: ({ group }) => group },
    { title: text('column-where'), most: 24, cell: ({ devices }) => devices.join(' + ') },
    { title: text('column-why'), cell: ({ kind, job }) => (kind === 'planned' ? (reasons.get(job.id) ?? '') : '') },
  ];
};
