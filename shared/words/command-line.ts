import { formatText, type Locale, type Values } from './format.ts';
import en from './command-line.en.json' with { type: 'json' };
import zh from './command-line.zh.json' with { type: 'json' };

export type CommandLineKey = keyof typeof en;

/** A text without words in every language does not compile. */
const texts: Record<Locale, Record<CommandLineKey, string>> = { en, zh };

/** A text of the command line. */
export const commandLineText = (key: CommandLineKey, values: Values, locale: Locale): string =>
  formatText(texts[locale][key], values, locale);
