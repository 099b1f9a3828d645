import { exitCodes } from '../failure.ts';
import type { Core } from '../core-client.ts';
import type { Session, Verb } from '../session.ts';
import { topLines, type TopState } from '../top/top-view.ts';

export const top: Verb = {
  name: 'top',
  usage: '',
  summary: 'verb-top',
  flags: [],
  examples: ['switchyard top', 'switchyard top | head -20', 'switchyard top --json'],
  run: async (session) => {
    const { output } = session;
    const core = await session.core();
    if (output.isJson) output.printJson(await stateNow(core));
    else if (!isInteractive()) for (const line of topLines(session, await stateNow(core), firstChoice)) output.print(line);
    else await showLive(session, core);
    return exitCodes.done;
  },
};

const firstChoice = { showsProcesses: false, sort: 'start' } as const;

/** Keys come from a terminal and the picture goes to one; anything else gets the state of now. */
const isInteractive = (): boolean => process.stdout.isTTY && process.stdin.isTTY && process.env['TERM'] !== 'dumb';

const stateNow = async ({ client }: Core): Promise<TopState> => {
  const [status, { devices }] = await Promise.all([client.app.status(), client.devices.list()]);
  return { status, devices };
};

const showLive = async (session: Session, { client }: Core): Promise<void> => {
  async function* watch(watchesProcesses: boolean, signal: AbortSignal): AsyncGenerator<TopState> {
    yield { status: await client.app.status(), devices: (await client.devices.list()).devices };
    for await (const { devices } of await client.devices.watch({ processes: watchesProcesses }, { signal }))
      yield { status: await client.app.status(), devices };
  }
  // Loaded here alone: what draws in a terminal takes longer to load than most verbs take in all.
  const { showTop } = await import('../top/show-top.ts');
  await showTop(session, watch, process);
};
