import type { CommandLineKey } from '../../../shared/words/command-line.ts';
import { parseIds } from '../quantities.ts';
import type { Session, Verb } from '../session.ts';

type JobAction = 'cancel' | 'hold' | 'release' | 'pause' | 'resume' | 'retry' | 'next';

/** A verb that does one thing to the jobs named: all of them or, when one cannot, none. */
export const verbOnJobs = (action: JobAction, summary: CommandLineKey, done: CommandLineKey, examples: readonly string[]): Verb => ({
  name: action,
  usage: 'ID…',
  summary,
  flags: [],
  examples,
  run: (session) => changeJobs(session, action, done),
});

export const changeJobs = async (session: Session, action: JobAction, done: CommandLineKey): Promise<number> => {
  const ids = parseIds(session.words.operands, action);
  const { client } = await session.core();
  await client.jobs[action]({ ids });
  if (session.output.isJson) session.output.printJson({ ids });
  session.output.say(session.text(done, { count: ids.length, ids: ids.join(', ') }));
  return 0;
};
