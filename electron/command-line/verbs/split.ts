import { formatNumber } from '../../../shared/words/format.ts';
import { simulateSplit, splitSchemes, type Chunk } from '../../core/services/scheduler/division/simulate-split.ts';
import { wrongUsage } from '../failure.ts';
import { readContent } from '../local-file.ts';
import { parseChoice, parseNumber, parseNumbers, parseWhole, required } from '../quantities.ts';
import type { Session, Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

const mostItems = 10_000_000;
const mostCost = 1e9;

export const split: Verb = {
  name: 'split',
  usage: '--items N --speeds S,S,… --scheme SCHEME [--overhead SECONDS] [--costs FILE.json]',
  summary: 'verb-split',
  flags: ['items', 'speeds', 'overhead', 'scheme', 'costs'],
  examples: ['switchyard split --items 1000 --speeds 4,2,1,1 --overhead 0.5 --scheme adaptive --json'],
  run: async (session) => {
    const { words, output } = session;
    const [extra] = words.operands;
    if (extra !== undefined) throw wrongUsage('too-many', { word: extra });
    const items = parseWhole(required(words, 'items', '1000'), '--items', 0, mostItems);
    const result = simulateSplit({
      scheme: parseChoice(required(words, 'scheme', 'adaptive'), '--scheme', splitSchemes),
      speeds: parseNumbers(required(words, 'speeds', '4,2,1,1'), '--speeds'),
      overhead: parseNumber(words.value('overhead') ?? '0', '--overhead', 0, 1e9),
      costs: await readCosts(words.value('costs'), items),
    });
    if (output.isJson) output.printJson(result);
    else {
      for (const line of formatTable(columns(session), result.chunks, output.columns, output.style.dim)) output.print(line);
      const { scheme, chunks, makespan, ideal } = result;
      const seconds = (value: number): string => formatNumber(value, session.locale, 3);
      output.print(session.text('split-summary', { scheme, chunks: chunks.length, makespan: seconds(makespan), ideal: seconds(ideal) }));
    }
    return 0;
  },
};

const columns = ({ text, locale }: Session): Column<Chunk>[] => [
  { title: text('column-device'), isRight: true, cell: ({ device }) => String(device) },
  { title: text('column-items'), isRight: true, cell: ({ items }) => String(items) },
  { title: text('column-start'), isRight: true, cell: ({ start }) => formatNumber(start, locale, 3) },
  { title: text('column-end'), isRight: true, cell: ({ end }) => formatNumber(end, locale, 3) },
];

const readCosts = async (path: string | undefined, items: number): Promise<number[]> => {
  if (path === undefined) return Array.from({ length: items }, () => 1);
  const wrong = wrongUsage('costs-wrong', { path, items });
  let costs: unknown;
  try {
    costs = JSON.parse((await readContent(path)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong;
    throw error;
  }
  const isCost = (cost: unknown): cost is number => typeof cost === 'number' && cost >= 0 && cost <= mostCost;
  if (!Array.isArray(costs) || costs.length !== items || !costs.every(isCost)) throw wrong;
  return costs;
};
