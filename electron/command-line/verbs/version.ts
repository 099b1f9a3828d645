import packageJson from '../../../package.json' with { type: 'json' };
import type { Verb } from '../session.ts';

export const version: Verb = {
  name: 'version',
  usage: '',
  summary: 'verb-version',
  flags: [],
  examples: ['switchyard version'],
  run: ({ output }) => {
    if (output.isJson) output.printJson({ version: packageJson.version });
    else output.print(packageJson.version);
    return Promise.resolve(0);
  },
};
