import { policyNames } from '../../../shared/model/policy-names.ts';
import { wrongUsage } from '../failure.ts';
import type { Verb } from '../session.ts';

export const policy: Verb = {
  name: 'policy',
  usage: `[${policyNames.join('|')}]`,
  summary: 'verb-policy',
  flags: [],
  examples: ['switchyard policy', 'switchyard policy fair', 'switchyard policy shortest'],
  run: async (session) => {
    const [word, ...more] = session.words.operands;
    const wanted = policyNames.find((name) => name === word);
    if (more.length > 0 || (word !== undefined && wanted === undefined))
      throw wrongUsage('policy-wrong', { text: session.words.operands.join(' '), known: policyNames.join(', ') });
    const { client } = await session.core();
    if (wanted) await client.scheduler.setPolicy({ policy: wanted });
    const { policy: name } = await client.scheduler.policy();
    if (session.output.isJson) session.output.printJson({ policy: name });
    else session.output.print(name);
    return 0;
  },
};
