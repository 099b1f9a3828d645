import { setTimeout as delay } from 'node:timers/promises';
import { isConnectionLost } from '../call-failed.ts';
import { noCore } from '../failure.ts';
import { attachToCore } from '../reach-core.ts';
import type { Verb } from '../session.ts';

/** How long a core may take to let go of everything. */
const endDeadlineMs = 60_000;

export const shutdown: Verb = {
  name: 'shutdown',
  usage: '',
  summary: 'verb-shutdown',
  flags: [],
  examples: ['switchyard shutdown'],
  run: async ({ place, output, text }) => {
    const core = await attachToCore(place);
    if (core) {
      try {
        await core.client.app.shutdown();
      } catch (error) {
        // A core that ends quickly may close the connection before its answer is through.
        if (!isConnectionLost(error)) throw error;
      }
      const deadline = Date.now() + endDeadlineMs;
      while (await attachToCore(place)) {
        if (Date.now() > deadline) throw noCore('core-does-not-end', { seconds: endDeadlineMs / 1000 });
        await delay(25);
      }
    }
    if (output.isJson) output.printJson({ wasRunning: core !== undefined });
    output.say(text(core ? 'done-shutdown' : 'nothing-to-shut-down'));
    return 0;
  },
};
