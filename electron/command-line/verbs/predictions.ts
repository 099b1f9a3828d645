import type { PredictionQuality } from '../../../shared/model/prediction.ts';
import { formatNumber } from '../../../shared/words/format.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import type { Session, Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

export const predictions: Verb = {
  name: 'predictions',
  usage: '',
  summary: 'verb-predictions',
  flags: [],
  examples: ['switchyard predictions', 'switchyard predictions --json'],
  run: async (session) => {
    const { output, words, text } = session;
    const [word] = words.operands;
    if (word !== undefined) throw wrongUsage('too-many', { word });
    const { client } = await session.core();
    const found = await client.predictions.list();
    if (output.isJson) output.printJson(found);
    else if (found.predictions.length === 0) output.print(text('no-predictions'));
    else for (const line of formatTable(columns(session), found.predictions, output.columns, output.style.dim)) output.print(line);
    return exitCodes.done;
  },
};

const columns = ({ text, locale }: Session): Column<PredictionQuality>[] => {
  const percent = (part: number): string => `${formatNumber(100 * part, locale, 0)} %`;
  return [
    { title: text('column-device'), cell: ({ device }) => device },
    { title: text('column-worker'), cell: ({ warm }) => (warm === undefined ? '' : text(warm ? 'worker-warm' : 'worker-cold')) },
    { title: text('column-runs'), isRight: true, cell: ({ runs }) => formatNumber(runs, locale, 0) },
    { title: text('column-predicted'), isRight: true, cell: ({ predicted }) => formatNumber(predicted, locale, 0) },
    { title: text('column-error'), isRight: true, cell: ({ mape }) => percent(mape) },
    { title: text('column-within-p90'), isRight: true, cell: ({ p90Coverage }) => percent(p90Coverage) },
    { title: text('column-memory-error'), isRight: true, cell: ({ memory }) => (memory ? percent(memory.mape) : '') },
    {
      title: text('column-device-memory-error'),
      isRight: true,
      cell: ({ deviceMemory }) => (deviceMemory ? percent(deviceMemory.mape) : ''),
    },
    { title: text('column-work'), cell: ({ family }) => family },
  ];
};
