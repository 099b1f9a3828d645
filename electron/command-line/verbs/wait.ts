import type { JobDetail } from '../../../shared/model/job.ts';
import { arrayMembers, isUnknownJob } from '../array-members.ts';
import type { Core } from '../core-client.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { parseIds } from '../quantities.ts';
import type { Verb } from '../session.ts';
import { endOf, problemOf } from '../submit-job.ts';
import { exitCodeOf, waitForJob } from '../wait-for-job.ts';

export const wait: Verb = {
  name: 'wait',
  usage: 'ID…',
  summary: 'verb-wait',
  flags: [],
  examples: ['switchyard wait 7', 'switchyard wait 7 8 9 && echo all good'],
  run: async (session) => {
    const ids = parseIds(session.words.operands, 'wait');
    void session.interruption.signal;
    const core = await session.core();
    const ended: JobDetail[] = [];
    for (const id of await jobsNamed(core, ids)) {
      const waited = await waitForJob(session, core, id);
      if (waited.kind === 'interrupted') return exitCodes.cancelled;
      ended.push(waited.job);
    }
    if (session.output.isJson) session.output.printJson({ jobs: ended });
    // Of several jobs the first one that did not succeed speaks for all.
    const bad = ended.find(({ state }) => state.kind !== 'succeeded');
    if (!bad) return exitCodes.done;
    const isOneOfSeveral = ended.length > 1 && !session.output.isJson;
    throw new CommandFailure(exitCodeOf(bad.state), isOneOfSeveral ? endOf(session, bad) : problemOf(session, bad));
  },
};

/** An array stands for all of its jobs. */
const jobsNamed = async (core: Core, ids: readonly number[]): Promise<number[]> =>
  (
    await Promise.all(
      ids.map(async (id) => {
        try {
          await core.client.jobs.get({ id });
          return [id];
        } catch (error) {
          if (!isUnknownJob(error)) throw error;
          return arrayMembers(core, id);
        }
      }),
    )
  ).flat();
