import type { RetentionChange, RetentionRule } from '../../../shared/contract/retention.ts';
import { formatNumber } from '../../../shared/words/format.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import { parseIds, parseTime, parseWhole } from '../quantities.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Session, Verb } from '../session.ts';

export const clean: Verb = {
  name: 'clean',
  usage: '[ID… | --older-than TIME | --rule | --keep-days N --keep-jobs N]',
  summary: 'verb-clean',
  flags: ['older-than', 'rule', 'keep-days', 'keep-jobs'],
  examples: [
    'switchyard clean',
    'switchyard clean 7 8',
    'switchyard clean --older-than 30d',
    'switchyard clean --keep-days 30 --keep-jobs none',
  ],
  run: async (session) => {
    const { words } = session;
    const change = readChange(words);
    const ways = [words.operands.length > 0, words.has('older-than'), words.has('rule'), change !== undefined];
    if (ways.filter(Boolean).length > 1) throw wrongUsage('clean-ways');
    if (change) return showRule(session, await (await session.core()).client.retention.setRule(change));
    if (words.has('rule')) return showRule(session, await (await session.core()).client.retention.rule());
    return remove(session);
  },
};

const remove = async (session: Session): Promise<number> => {
  const { words, output } = session;
  const ids = words.operands.length > 0 ? parseIds(words.operands, 'clean') : undefined;
  const age = words.value('older-than');
  const olderThanSeconds = age === undefined ? 0 : parseTime(age, '--older-than');
  const { client } = await session.core();
  const removed = ids ? await client.retention.remove({ ids }) : await client.retention.clean({ olderThanSeconds });
  if (output.isJson) output.printJson(removed);
  else output.say(session.text('done-clean', { count: formatNumber(removed.jobs, session.locale, 0) }));
  return exitCodes.done;
};

const readChange = (words: Arguments): RetentionChange | undefined => {
  const [days, jobs] = [words.value('keep-days'), words.value('keep-jobs')];
  if (days === undefined && jobs === undefined) return undefined;
  return {
    ...(days !== undefined && { days: days === 'none' ? null : parseWhole(days, '--keep-days', 1, 36_500) }),
    ...(jobs !== undefined && { jobs: jobs === 'none' ? null : parseWhole(jobs, '--keep-jobs', 0, 100_000_000) }),
  };
};

const showRule = ({ output, locale, text }: Session, rule: RetentionRule): number => {
  const most = (value: number | null): string => (value === null ? text('clean-no-limit') : formatNumber(value, locale, 0));
  if (output.isJson) output.printJson(rule);
  else output.print(text('clean-rule', { days: most(rule.days), jobs: most(rule.jobs) }));
  return exitCodes.done;
};
