import { formatText, type Locale, type Values } from './format.ts';
import en from './window.en.json' with { type: 'json' };
import zh from './window.zh.json' with { type: 'json' };

export type WindowWord = keyof typeof en;

/** A text that is missing in a language, or is in only one of them, does not compile. */
const catalogue: Record<Locale, Record<WindowWord, string>> = { en, zh: zh satisfies Record<WindowWord, string> };
en satisfies Record<keyof typeof zh, string>;

/** A text of the window. */
export const windowText = (word: WindowWord, values: Values, locale: Locale): string => formatText(catalogue[locale][word], values, locale);
