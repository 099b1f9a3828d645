import type { Verb } from '../session.ts';

export const token: Verb = {
  name: 'token',
  usage: '',
  summary: 'verb-token',
  flags: [],
  examples: [
    'switchyard token',
    'curl -H "Authorization: Bearer $(switchyard token)" "$(switchyard token --json | jq -r .address)/api/v1/status"',
  ],
  run: async ({ core, output, text }) => {
    const { client } = await core();
    const answer = await client.app.token();
    if (output.isJson) output.printJson(answer);
    else {
      output.print(answer.token);
      output.say(text('token-address', { address: answer.address }));
    }
    return 0;
  },
};
