import { parseArgs } from 'node:util';
import { flags, globalFlags, type Flag, type FlagName } from './flags.ts';
import { wrongUsage } from './failure.ts';

/** The words of a command line, sorted but not yet understood. */
export interface Arguments {
  /** Absent where nothing but flags was written. */
  readonly verb: string | undefined;
  readonly operands: readonly string[];
  /** What stands after `--`, untouched; absent without it. */
  readonly rest: readonly string[] | undefined;
  has(flag: FlagName): boolean;
  /** The value of a flag; the last one where it was given several times. */
  value(flag: FlagName): string | undefined;
  values(flag: FlagName): readonly string[];
}

/** Sorts the words into verb, operands, flags and the rest after `--`. Throws wrong usage for what no verb knows. */
export const readArguments = (words: readonly string[]): Arguments => {
  const options = Object.fromEntries(
    Object.entries<Flag>(flags).map(([name, flag]) => [
      name,
      { type: flag.value && !flag.choices ? ('string' as const) : ('boolean' as const), multiple: true },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: { ...options, help: { ...options['help'], short: 'h', type: 'boolean' } },
    strict: false,
    tokens: true,
  });
  const given = new Map<FlagName, string[]>();
  const operands: string[] = [];
  let rest: string[] | undefined;
  const left = [...tokens];
  for (let token = left.shift(); token; token = left.shift()) {
    if (token.kind === 'option-terminator') rest = words.slice(token.index + 1);
    else if (token.kind === 'option') addFlag(given, choiceBehind(token, left));
    else if (rest === undefined) operands.push(token.value);
  }
  const [verb, ...others] = operands;
  return {
    verb,
    operands: others,
    rest,
    has: (flag) => given.has(flag),
    value: (flag) => given.get(flag)?.at(-1),
    values: (flag) => given.get(flag) ?? [],
  };
};

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** A flag whose value may be left out takes the word behind it only if that can be nothing else. */
const choiceBehind = (token: FlagToken, left: { kind: string; value?: string | undefined }[]): FlagToken => {
  const [behind] = left;
  const choices = isFlag(token.name) ? (flags[token.name] as Flag).choices : undefined;
  if (!choices || token.value !== undefined || behind?.kind !== 'positional' || !choices.includes(behind.value ?? '')) return token;
  left.shift();
  return { ...token, value: behind.value };
};

const addFlag = (given: Map<FlagName, string[]>, token: FlagToken): void => {
  if (!isFlag(token.name)) throw wrongUsage('flag-unknown', { flag: token.rawName });
  const { value: placeholder, isRepeatable, choices, mayBeEmpty } = flags[token.name] as Flag;
  if (placeholder === undefined) {
    if (token.inlineValue) throw wrongUsage('flag-takes-no-value', { flag: token.rawName });
    given.set(token.name, []);
    return;
  }
  if (choices && token.value === undefined) {
    given.set(token.name, []);
    return;
  }
  // `--name --json` has forgotten the name, and so has `--name "$unset"`; `--priority -5` and `--name=--json` are meant.
  const isForgotten =
    token.value === undefined || (token.value === '' && !mayBeEmpty) || (!token.inlineValue && token.value.startsWith('--'));
  if (isForgotten) throw wrongUsage('flag-needs-value', { flag: token.rawName, value: placeholder });
  const earlier = given.get(token.name) ?? [];
  given.set(token.name, isRepeatable ? [...earlier, token.value] : [token.value]);
};

const isFlag = (name: string): name is FlagName => Object.hasOwn(flags, name);

/** Throws wrong usage for a flag that this verb does not have. */
export const refuseOtherFlags = (words: Arguments, verb: string, allowed: readonly FlagName[]): void => {
  for (const name of Object.keys(flags) as FlagName[]) {
    const isKnown = allowed.includes(name) || globalFlags.includes(name);
    if (!isKnown && words.has(name)) throw wrongUsage('flag-of-other-verb', { flag: `--${name}`, verb });
  }
};
