import { arrayRange, type ArrayRange } from '../../shared/words/array-range.ts';
import { largestArray } from '../../shared/model/largest-array.ts';
import { wrongUsage } from './failure.ts';
import type { FlagName } from './flags.ts';
import type { Arguments } from './read-arguments.ts';

const sizeFactors: Record<string, number> = {
  '': 1,
  b: 1,
  ...units('k', 1),
  ...units('m', 2),
  ...units('g', 3),
  ...units('t', 4),
};

/** 512M and 512MB are decimal as disks and clouds count them, 512Mi and 512MiB binary; a bare number is bytes. */
export const parseSize = (text: string, flag: string): number => {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = sizeFactors[unit.toLowerCase()];
  const bytes = Math.round(Number(digits) * (factor ?? Number.NaN));
  if (digits === '' || !Number.isSafeInteger(bytes) || bytes < 1) throw wrongUsage('size-wrong', { flag, text });
  return bytes;
};

/** A size that may also be nothing. */
export const parseSizeOrNone = (text: string, flag: string): number => (/^0+ *[a-z]*$/i.test(text.trim()) ? 0 : parseSize(text, flag));

/** 0-3,6: numbers and ranges of cores, each once and in their order. */
export const parseCoreList = (text: string, flag: string): number[] => {
  const cores = new Set<number>();
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^\s*(\d{1,4})(?:\s*-\s*(\d{1,4}))?\s*$/.exec(part) ?? [];
    if (first === '' || Number(last) < Number(first)) throw wrongUsage('core-list-wrong', { flag, text });
    for (let core = Number(first); core <= Number(last); core += 1) cores.add(core);
  }
  return [...cores].toSorted((a, b) => a - b);
};

/** How many times over memory may be granted. */
export const parseRatio = (text: string): number => {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= 10)) throw wrongUsage('ratio-wrong', { text });
  return value;
};

const secondsOf: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** 90 and 90s are seconds; 15m, 2h, 1d, 1h30m; 1:30:00 and 15:00 as a clock shows them. */
export const parseTime = (text: string, flag: string): number => {
  const trimmed = text.trim().toLowerCase();
  const seconds = /^\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : (parseClock(trimmed) ?? parseUnits(trimmed));
  if (seconds === undefined || !(seconds > 0) || !Number.isFinite(seconds)) throw wrongUsage('time-wrong', { flag, text });
  return seconds;
};

export const parseWhole = (text: string, flag: string, least: number, most: number): number => {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw wrongUsage('whole-wrong', { flag, text, least, most });
  return value;
};

/** Cores may be shares, such as 0.5. */
export const parseCores = (text: string, flag: string): number => {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= 4096)) throw wrongUsage('cores-wrong', { flag, text });
  return value;
};

/** gpu, npu or fpga, and how many of them; one when that is not said. */
export const parseDevice = (text: string): { kind: 'gpu' | 'npu' | 'fpga'; count: number } => {
  const [, kind = '', digits = '1'] = /^(gpu|npu|fpga)(?::(\d{1,3}))?$/i.exec(text.trim()) ?? [];
  const known = (['gpu', 'npu', 'fpga'] as const).find((one) => one === kind.toLowerCase());
  const count = Number(digits);
  if (!known || count < 1 || count > 64) throw wrongUsage('device-wrong', { text });
  return { kind: known, count };
};

/** 0-99, 0-99:10 for every tenth, and %4 behind it for at most four at once. */
export const parseArray = (text: string): ArrayRange => {
  const range = arrayRange(text);
  if (!range) throw wrongUsage('array-wrong', { text });
  const size = Math.floor((range.to - range.from) / (range.step ?? 1)) + 1;
  if (size > largestArray) throw wrongUsage('array-too-large', { text, size, limit: largestArray });
  return range;
};

export const parseId = (text: string): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 1) throw wrongUsage('id-wrong', { text: text || '""' });
  return value;
};

/** At least one job number; the same one twice counts once. */
export const parseIds = (texts: readonly string[], verb: string): number[] => {
  if (texts.length === 0) throw wrongUsage('id-missing', { verb });
  return [...new Set(texts.map(parseId))];
};

/** NAME=VALUE as it is; NAME alone takes the value it has where the command was typed. */
export const parseEnvironment = (pairs: readonly string[], caller: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const cut = pair.indexOf('=');
      const name = cut === -1 ? pair : pair.slice(0, cut);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw wrongUsage('env-wrong', { text: pair });
      const value = cut === -1 ? caller[name] : pair.slice(cut + 1);
      if (value === undefined) throw wrongUsage('env-unset', { name });
      return [name, value];
    }),
  );

function units(letter: string, power: number): Record<string, number> {
  return { [letter]: 1000 ** power, [`${letter}b`]: 1000 ** power, [`${letter}i`]: 1024 ** power, [`${letter}ib`]: 1024 ** power };
}

const parseClock = (text: string): number | undefined => {
  if (!/^\d+(:[0-5]?\d){1,2}$/.test(text)) return undefined;
  return text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
};

const parseUnits = (text: string): number | undefined => {
  if (!/^(\d+(?:\.\d+)?(?:s|min|m|h|d)\s*)+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(min|[smhd])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (secondsOf[unit] ?? 0),
    0,
  );
};

export const parseNumber = (text: string, flag: string, least: number, most: number): number => {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw wrongUsage('number-wrong', { flag, text, least, most });
  return value;
};

/** Numbers above 0, with commas between. */
/** The least and the most that sums of quotients of such numbers can be reckoned with. */
const numberRange = { least: 1e-6, most: 1e9 } as const;

export const parseNumbers = (text: string, flag: string): number[] =>
  text.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (!(value >= numberRange.least && value <= numberRange.most)) throw wrongUsage('numbers-wrong', { flag, text });
    return value;
  });

export const parseChoice = <Choice extends string>(text: string, flag: string, choices: readonly Choice[]): Choice => {
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) throw wrongUsage('choice-wrong', { flag, text, known: choices.join(', ') });
  return chosen;
};

/** The value of a flag that the verb cannot do without. */
export const required = (words: Arguments, name: FlagName, example: string): string => {
  const value = words.value(name);
  if (value === undefined) throw wrongUsage('flag-missing', { flag: `--${name}`, example });
  return value;
};
