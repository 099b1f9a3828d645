import { exitCodes, wrongUsage } from '../failure.ts';
import { readLabels } from '../job-options.ts';
import { parseWhole } from '../quantities.ts';
import type { Verb } from '../session.ts';

export const adopt: Verb = {
  name: 'adopt',
  usage: 'PID [--name N] [--group G]',
  summary: 'verb-adopt',
  flags: ['name', 'group'],
  examples: ['switchyard adopt 4321', 'switchyard adopt 4321 --name training --group lab'],
  run: async (session) => {
    const { words, output } = session;
    const [text, ...more] = words.operands;
    if (text === undefined) throw wrongUsage('pid-missing');
    if (more.length > 0) throw wrongUsage('too-many', { word: more[0] });
    const pid = parseWhole(text, 'PID', 1, mostPid);
    const labels = readLabels(words);
    const { client } = await session.core();
    const { id } = await client.jobs.adopt({ pid, ...labels });
    if (output.isJson) output.printJson({ id });
    else output.print(String(id));
    output.say(session.text('done-adopt', { pid, id }));
    return exitCodes.done;
  },
};

/** No system numbers its processes beyond this. */
const mostPid = 2 ** 31 - 1;
