import en from './desktop.en.json' with { type: 'json' };
import zh from './desktop.zh.json' with { type: 'json' };
import { formatText, type Locale, type Values } from './format.ts';

export type DesktopText = keyof typeof en;

/** A text without a translation does not compile. */
const texts: Record<Locale, Record<DesktopText, string>> = { en, zh };

/** A text of the desktop shell: tray, notices, dialogs, menus. */
export const desktopText = (name: DesktopText, locale: Locale, values: Values = {}): string =>
  formatText(texts[locale][name], values, locale);
