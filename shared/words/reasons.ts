import type { Reason, ReasonCode } from '../model/reason.ts';
import { formatText, type Locale } from './format.ts';
import en from './reasons.en.json' with { type: 'json' };
import zh from './reasons.zh.json' with { type: 'json' };

/** A code without a sentence in every language does not compile. */
const sentences: Record<Locale, Record<ReasonCode, string>> = { en, zh };

/** The sentence of a reason: what is so, and what to do about it where something can be done. */
export const sentenceOf = (reason: Reason, locale: Locale): string =>
  formatText(
    sentences[locale][reason.code],
    'why' in reason.values ? { ...reason.values, why: sentenceOf(reason.values.why, locale) } : reason.values,
    locale,
  );
