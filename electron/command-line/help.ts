import type { CommandLineKey } from '../../shared/words/command-line.ts';
import type { Values } from '../../shared/words/format.ts';
import { flags, globalFlags, type Flag, type FlagName } from './flags.ts';
import type { Verb } from './session.ts';
import { textWidth } from './text-width.ts';

type Text = (key: CommandLineKey, values?: Values) => string;

/** What the program can do, one line for each verb. */
export const overviewHelp = (text: Text, verbs: readonly Verb[]): string =>
  [
    text('help-intro'),
    '',
    `${text('help-usage')}: switchyard [VERB] […]`,
    '',
    ...aligned(verbs.map(({ name, aliases, summary }) => [[name, ...(aliases ?? [])].join(', '), text(summary)])),
    '',
    `${text('help-everywhere')}:`,
    ...aligned(globalFlags.map((name) => flagLine(text, name))),
    '',
    `${text('help-examples')}:`,
    '  switchyard add -- python3 train.py',
    '  switchyard app ocr page.png',
    '  switchyard run model.onnx --input x=x.npy --output results',
    '',
    text('help-exit-codes'),
    text('help-more'),
  ].join('\n');

/** One verb: its usage, its flags and examples. */
export const verbHelp = (text: Text, verb: Verb): string =>
  [
    `${text('help-usage')}: switchyard ${verb.name}${verb.usage ? ` ${verb.usage}` : ''}`,
    '',
    text(verb.summary),
    '',
    ...aligned([...verb.flags, ...globalFlags].map((name) => flagLine(text, name, verb.means?.[name]))),
    '',
    `${text('help-examples')}:`,
    ...verb.examples.map((example) => `  ${example}`),
  ].join('\n');

const flagLine = (text: Text, name: FlagName, flag: Flag = flags[name]): [string, string] => {
  const { value, isRepeatable, description } = flag;
  return [`--${name}${value ? ` ${value}` : ''}${isRepeatable ? '…' : ''}`, text(description)];
};

const aligned = (pairs: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...pairs.map(([left]) => textWidth(left)));
  return pairs.map(([left, right]) => `  ${left}${' '.repeat(width - textWidth(left))}  ${right}`);
};
