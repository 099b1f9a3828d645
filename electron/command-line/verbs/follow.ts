import { exitCodes, wrongUsage } from '../failure.ts';
import { parseId } from '../quantities.ts';
import type { Verb } from '../session.ts';

export const follow: Verb = {
  name: 'follow',
  usage: 'ID',
  summary: 'verb-follow',
  flags: [],
  examples: ['switchyard follow 7'],
  run: async ({ words, core, output, interruption }) => {
    const [text, ...more] = words.operands;
    if (text === undefined) throw wrongUsage('id-missing', { verb: 'follow' });
    if (more.length > 0) throw wrongUsage('too-many', { word: more[0] });
    const id = parseId(text);
    const { signal } = interruption;
    const { client } = await core();
    try {
      for await (const part of await client.jobs.followLog({ id }, { signal })) {
        if (output.isJson) output.printJson(part);
        else output.write(part.text);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return signal.aborted ? exitCodes.cancelled : exitCodes.done;
  },
};
