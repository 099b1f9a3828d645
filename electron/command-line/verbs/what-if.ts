import type { PolicyName, PolicyOutcome, WhatIf } from '../../../shared/contract/scheduler.ts';
import { policyNames } from '../../../shared/model/policy-names.ts';
import { exitCodes, noCore, wrongUsage } from '../failure.ts';
import { parseMoment } from '../moments.ts';
import { shareBar } from '../progress-line.ts';
import { parseChoice, parseWhole, required } from '../quantities.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Session, Verb } from '../session.ts';
import { fitText } from '../text-width.ts';
import { outcomeLines, type Row } from '../what-if/outcome-table.ts';

export const whatIf: Verb = {
  name: 'what-if',
  usage: '[--policy POLICY…] [--since TIME [--until TIME] | --trace FILE --processors N]',
  summary: 'verb-what-if',
  flags: ['policy', 'since', 'until', 'trace', 'processors'],
  examples: [
    'switchyard what-if',
    'switchyard what-if --policy fair --policy fifo',
    'switchyard what-if --since yesterday --until today',
    'switchyard what-if --since 8h --json',
    'switchyard what-if --trace hpc2n.swf.gz --processors 240',
  ],
  run: async (session) => {
    const { words, output } = session;
    const [word] = words.operands;
    if (word !== undefined) throw wrongUsage('too-many', { word });
    if (words.has('trace')) return ofTrace(session);
    if (words.has('processors')) throw wrongUsage('flag-needs-flag', { flag: '--processors', other: '--trace' });
    const source = sourceIn(words, Date.now());
    const policies = policiesIn(words);
    const found = await ask(session, { source, ...(policies.length > 0 && { policies }), ...(!output.isJson && { runs: 0 }) });
    if (output.isJson) output.printJson(found);
    else show(session, found);
    return exitCodes.done;
  },
};

interface Question {
  readonly source: WhatIf['source'];
  readonly policies?: PolicyName[];
  readonly runs?: number;
}

/** On a terminal with how far it has come. */
const ask = async (session: Session, question: Question): Promise<WhatIf> => {
  const { client } = await session.core();
  const { live } = session.output;
  if (!live) return client.scheduler.whatIf(question);
  try {
    for await (const { share, whatIf: soFar } of await client.scheduler.watchWhatIf(question)) {
      if (share === 1) return soFar;
      live.draw(fitText(`${shareBar(share)}  ${soFar.outcomes.map(({ policy }) => policy).join(' ')}`, live.columns - 1));
    }
  } finally {
    live.clear();
  }
  throw noCore('core-lost');
};

const policiesIn = (words: Arguments): PolicyName[] =>
  words.values('policy').flatMap((list) => list.split(',').map((name) => parseChoice(name.trim(), '--policy', policyNames)));

const sourceIn = (words: Arguments, now: number): WhatIf['source'] => {
  const [since, until] = [words.value('since'), words.value('until')];
  if (since === undefined && until !== undefined) throw wrongUsage('flag-needs-flag', { flag: '--until', other: '--since' });
  if (since === undefined) return { kind: 'queue' };
  const from = Math.round(parseMoment(since, '--since', now));
  const to = Math.round(until === undefined ? now : parseMoment(until, '--until', now));
  if (from >= to) throw wrongUsage('span-backwards', { since, until: until ?? 'now' });
  return { kind: 'recorded', from, to };
};

const show = (session: Session, { source, present, beyond, outcomes, recorded }: WhatIf): void => {
  const { output, text } = session;
  const rows = outcomes.map((outcome): Row => ({ name: outcome.policy, figures: outcome.figures, isPolicy: true }));
  const all = recorded ? [...rows, { name: text('what-if-recorded'), figures: recorded.figures, isPolicy: false }] : rows;
  const jobs = Math.max(0, ...outcomes.map(({ figures }) => figures.jobs));
  if (jobs === 0) output.print(text(source.kind === 'queue' ? 'what-if-none' : 'what-if-none-recorded'));
  else {
    const shown = outcomeLines(
      session,
      all,
      rows.find(({ name }) => name === present),
    );
    for (const line of shown) output.print(line);
    output.say(`${text('what-if-legend', { count: jobs })} ${rows.length > 1 ? text('what-if-deltas') : ''}`.trim());
  }
  sayLeftOut(session, outcomes, beyond);
};

const sayLeftOut = ({ output, text }: Session, outcomes: readonly PolicyOutcome[], beyond: number): void => {
  const unplanned = Math.max(0, ...outcomes.map((outcome) => outcome.unplanned));
  if (unplanned > 0) output.say(text('what-if-unplanned', { count: unplanned }));
  if (beyond > 0) output.say(text('what-if-beyond', { count: beyond }));
};

const ofTrace = async (session: Session): Promise<number> => {
  const { words, output, text } = session;
  if (words.has('since') || words.has('until')) throw wrongUsage('what-if-one-source');
  const path = required(words, 'trace', 'hpc2n.swf');
  const processors = parseWhole(required(words, 'processors', '240'), '--processors', 1, 10_000_000);
  const policies = policiesIn(words);
  // Loaded here, so that no other verb waits for it.
  const [{ readTrace }, { playTrace }] = await Promise.all([import('../simulate/run-simulation.ts'), import('../what-if/play-trace.ts')]);
  const outcomes = await readTrace(session, path, (trace) => playTrace(trace, processors, policies.length > 0 ? policies : policyNames, 0));
  if (output.isJson) output.printJson({ source: { kind: 'trace', path, processors }, outcomes });
  else {
    const rows = outcomes.map(({ policy, figures }): Row => ({ name: policy, figures, isPolicy: true }));
    for (const line of outcomeLines(session, rows, undefined)) output.print(line);
    output.say(text('what-if-legend', { count: outcomes[0]?.figures.jobs ?? 0 }));
  }
  return exitCodes.done;
};
