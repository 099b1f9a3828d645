import type { Verb } from '../session.ts';
import { changeJobs } from './on-jobs.ts';

export const pause: Verb = {
  name: 'pause',
  usage: '[ID…]',
  summary: 'verb-pause',
  flags: [],
  examples: ['switchyard pause', 'switchyard pause 7'],
  run: async (session) => {
    if (session.words.operands.length > 0) return changeJobs(session, 'pause', 'done-pause-jobs');
    const { client } = await session.core();
    await client.scheduler.pause();
    if (session.output.isJson) session.output.printJson({ isPaused: true });
    session.output.say(session.text('done-pause'));
    return 0;
  },
};
