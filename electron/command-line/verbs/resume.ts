import type { Verb } from '../session.ts';
import { changeJobs } from './on-jobs.ts';

export const resume: Verb = {
  name: 'resume',
  usage: '[ID…]',
  summary: 'verb-resume',
  flags: [],
  examples: ['switchyard resume', 'switchyard resume 7'],
  run: async (session) => {
    if (session.words.operands.length > 0) return changeJobs(session, 'resume', 'done-resume-jobs');
    const { client } = await session.core();
    await client.scheduler.resume();
    if (session.output.isJson) session.output.printJson({ isPaused: false });
    session.output.say(session.text('done-resume'));
    return 0;
  },
};
