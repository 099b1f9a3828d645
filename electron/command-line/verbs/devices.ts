import { changeDevice } from '../change-device.ts';
import { deviceLines } from '../device-lines.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import type { Session, Verb } from '../session.ts';

export const devices: Verb = {
  name: 'devices',
  usage:
    '[--watch] | drain ID [--note TEXT] | undrain ID | split ID --name NAME [--cores LIST] [--memory SIZE] | join ID | reserve ID SIZE | overcommit ID RATIO | measure ID',
  summary: 'verb-devices',
  flags: ['watch', 'note', 'name', 'cores', 'memory'],
  examples: [
    'switchyard devices',
    'switchyard devices --watch --json',
    'switchyard devices drain gpu0 --note "new fan"',
    'switchyard devices undrain gpu0',
    'switchyard devices split cpu --cores 0-3,6 --memory 8GB --name side',
    'switchyard devices split gpu0 --memory 12GB --name half',
    'switchyard devices join half',
    'switchyard devices reserve gpu0 2GB',
    'switchyard devices overcommit gpu0 1.5',
    'switchyard devices measure cpu --json',
  ],
  run: async (session) => {
    const [action, ...operands] = session.words.operands;
    if (action !== undefined) return changeDevice(session, action, operands);
    for (const flag of ['note', 'name', 'cores', 'memory'] as const) {
      if (session.words.has(flag)) throw wrongUsage('device-flag-alone', { flag: `--${flag}` });
    }
    if (session.words.has('watch')) return watch(session);
    const { client } = await session.core();
    show(session, await client.devices.list());
    return exitCodes.done;
  },
};

type Found = Parameters<typeof deviceLines>[1];

const show = (session: Session, { devices: found }: { devices: Found }): void => {
  const { output } = session;
  if (output.isJson) output.printJson({ devices: found });
  else for (const line of deviceLines(session, found)) output.print(line);
};

/** From the left upper corner on, with what was there erased. */
const redraw = '\x1b[H\x1b[J';

/** Once a second until Ctrl-C: one object a line for programs, the same table drawn anew in a terminal. */
const watch = async (session: Session): Promise<number> => {
  const { output, interruption } = session;
  const { signal } = interruption;
  const { client } = await session.core();
  const isDrawn = !output.isJson && output.columns !== undefined;
  try {
    for await (const seen of await client.devices.watch({ processes: true }, { signal })) {
      if (isDrawn) output.write(redraw);
      show(session, seen);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return signal.aborted ? exitCodes.cancelled : exitCodes.done;
};
