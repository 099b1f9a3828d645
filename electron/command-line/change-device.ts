import type { CommandLineKey } from '../../shared/words/command-line.ts';
import type { Values } from '../../shared/words/format.ts';
import type { Core } from './core-client.ts';
import { exitCodes, wrongUsage } from './failure.ts';
import type { FlagName } from './flags.ts';
import { parseCoreList, parseRatio, parseSizeOrNone, parseSize } from './quantities.ts';
import type { Session } from './session.ts';

type Devices = Core['client']['devices'];

/** What an action understood from its words: the call to make. */
type Change = (devices: Devices) => Promise<Done>;

interface Done {
  readonly said: CommandLineKey;
  readonly values: Values;
  /** What programs are answered; all devices as they are then when nothing is given. */
  readonly answer?: object;
}

interface Action {
  readonly usage: string;
  readonly operands: number;
  readonly flags: readonly FlagName[];
  read(session: Session, id: string, operand: string): Change;
}

/** Changes or measures a device and says what is so now; programs get all devices as they are then, or the figures. */
export const changeDevice = async (session: Session, name: string, operands: readonly string[]): Promise<number> => {
  const { words, output } = session;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) throw wrongUsage('device-action-unknown', { word: name, known: Object.keys(actions).join(', ') });
  const [id, operand = '', ...more] = operands;
  if (id === undefined || operands.length < action.operands) throw wrongUsage('device-usage', { usage: action.usage });
  if (operands.length > action.operands) throw wrongUsage('too-many', { word: action.operands === 1 ? operand : more[0] });
  for (const flag of changeFlags) {
    if (words.has(flag) && !action.flags.includes(flag))
      throw wrongUsage('flag-of-other-verb', { flag: `--${flag}`, verb: `devices ${name}` });
  }
  const change = action.read(session, id, operand);
  const { client } = await session.core();
  const { said, values, answer } = await change(client.devices);
  if (output.isJson) output.printJson(answer ?? (await client.devices.list()));
  else if (answer) output.print(session.text(said, values));
  if (!answer) output.say(session.text(said, values));
  return exitCodes.done;
};

const done =
  (said: CommandLineKey, values: Values, call: (devices: Devices) => Promise<unknown>): Change =>
  async (devices) => {
    await call(devices);
    return { said, values };
  };

const changeFlags: readonly FlagName[] = ['watch', 'note', 'name', 'cores', 'memory'];

const actions: Readonly<Record<string, Action>> = {
  drain: {
    usage: 'drain ID [--note TEXT]',
    operands: 1,
    flags: ['note'],
    read: ({ words }, id) => {
      const note = words.value('note');
      return done('done-drain', { id }, (devices) => devices.drain({ id, ...(note !== undefined && { note }) }));
    },
  },
  undrain: {
    usage: 'undrain ID',
    operands: 1,
    flags: [],
    read: (session, id) => async (devices) => {
      await devices.undrain({ id });
      const still = (await devices.list()).devices.find((device) => device.id === id)?.reason;
      return still ? { said: 'done-undrain-only', values: { id, why: session.sentence(still) } } : { said: 'done-undrain', values: { id } };
    },
  },
  split: {
    usage: 'split ID --name NAME [--cores LIST] [--memory SIZE]',
    operands: 1,
    flags: ['name', 'cores', 'memory'],
    read: ({ words }, id) => {
      const [name, cores, memory] = [words.value('name'), words.value('cores'), words.value('memory')];
      if (name === undefined) throw wrongUsage('device-name-missing');
      if (cores === undefined && memory === undefined) throw wrongUsage('device-part-missing');
      const share = {
        name,
        ...(cores !== undefined && { coreIds: parseCoreList(cores, '--cores') }),
        ...(memory !== undefined && { memoryBytes: parseSize(memory, '--memory') }),
      };
      return done('done-split', { id, name }, (devices) => devices.split({ id, ...share }));
    },
  },
  join: {
    usage: 'join ID',
    operands: 1,
    flags: [],
    read: (_, id) => done('done-join', { id }, (devices) => devices.join({ id })),
  },
  reserve: {
    usage: 'reserve ID SIZE',
    operands: 2,
    flags: [],
    read: (_, id, size) => {
      const bytes = parseSizeOrNone(size, 'reserve');
      return done('done-reserve', { id, bytes }, (devices) => devices.reserve({ id, bytes }));
    },
  },
  overcommit: {
    usage: 'overcommit ID RATIO',
    operands: 2,
    flags: [],
    read: (_, id, text) => {
      const ratio = parseRatio(text);
      return done('done-overcommit', { id, ratio }, (devices) => devices.overcommit({ id, ratio }));
    },
  },
  measure: {
    usage: 'measure ID',
    operands: 1,
    flags: [],
    read: (_, id) => async (devices) => {
      const capability = await devices.measure({ id });
      return { said: 'done-measure', values: { id, ...capability }, answer: { device: id, ...capability } };
    },
  },
};
