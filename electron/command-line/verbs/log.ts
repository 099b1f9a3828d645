import { wrongUsage } from '../failure.ts';
import { parseId, parseWhole } from '../quantities.ts';
import type { Verb } from '../session.ts';

export const log: Verb = {
  name: 'log',
  aliases: ['logs'],
  usage: 'ID [--attempt N]',
  summary: 'verb-log',
  flags: ['attempt'],
  examples: ['switchyard log 7', 'switchyard log 7 --attempt 1', 'switchyard logs 7 | tail'],
  run: async ({ words, core, output }) => {
    const [text, ...more] = words.operands;
    if (text === undefined) throw wrongUsage('id-missing', { verb: 'log' });
    if (more.length > 0) throw wrongUsage('too-many', { word: more[0] });
    const asked = words.value('attempt');
    const which = { id: parseId(text), ...(asked === undefined ? {} : { attempt: parseWhole(asked, '--attempt', 1, 1_000_000) }) };
    const { client } = await core();
    const parts: string[] = [];
    let page = await client.jobs.log({ ...which, offset: 0 });
    // What is written after this moment belongs to `follow`; a log that grows must not keep this command busy for ever.
    const { size } = page;
    for (;;) {
      if (output.isJson) parts.push(page.text);
      else output.write(page.text);
      if (page.nextOffset >= size || page.text === '') break;
      page = await client.jobs.log({ ...which, offset: page.nextOffset });
    }
    if (output.isJson) output.printJson({ text: parts.join(''), nextOffset: page.nextOffset, size: page.size });
    return 0;
  },
};
