import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Locale } from '../../../shared/words/format.ts';

export type Theme = 'light' | 'dark' | 'system';
/** How much room a row of a list has. */
export type Rows = 'dense' | 'comfortable';

/** What belongs to this window, not to the system. */
export interface PreferenceValues {
  theme: Theme;
  locale: Locale;
  rows: Rows;
  isRailFolded: boolean;
}
export type Preferences = StoreApi<PreferenceValues>;

const key = 'switchyard-window';
const themes: readonly string[] = ['light', 'dark', 'system'] satisfies Theme[];

/** Reads what was kept, falls back to the languages of the system, and keeps every change. */
export const createPreferences = (storage: Storage, languages: readonly string[]): Preferences => {
  const store = createStore<PreferenceValues>(() => parsePreferences(storage.getItem(key), languages));
  store.subscribe((values) => storage.setItem(key, JSON.stringify(values)));
  return store;
};

/** Kept values may be from another version or damaged; each is taken only if it is one we know. */
export const parsePreferences = (kept: string | null, languages: readonly string[]): PreferenceValues => {
  const values = readObject(kept);
  return {
    theme: isTheme(values['theme']) ? values['theme'] : 'system',
    locale: isLocale(values['locale']) ? values['locale'] : languages[0]?.toLowerCase().startsWith('zh') ? 'zh' : 'en',
    rows: values['rows'] === 'comfortable' ? 'comfortable' : 'dense',
    isRailFolded: values['isRailFolded'] === true,
  };
};

const isTheme = (value: unknown): value is Theme => typeof value === 'string' && themes.includes(value);
const isLocale = (value: unknown): value is Locale => value === 'en' || value === 'zh';

const readObject = (text: string | null): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};
