import { expect, test } from 'vitest';
import { parsePreferences } from './preferences.ts';

test('the first start takes the language and theme of the system', () => {
  expect(parsePreferences(null, ['zh-CN', 'en'])).toEqual({ theme: 'system', locale: 'zh', rows: 'dense', isRailFolded: false });
  expect(parsePreferences(null, ['de'])).toEqual({ theme: 'system', locale: 'en', rows: 'dense', isRailFolded: false });
});

test('what was kept is taken as far as it is known', () => {
  const kept = JSON.stringify({ theme: 'dark', locale: 'xx', rows: 'comfortable', isRailFolded: true });
  expect(parsePreferences(kept, ['en'])).toEqual({ theme: 'dark', locale: 'en', rows: 'comfortable', isRailFolded: true });
});

test.each(['{', 'null', '7', '"x"'])('damaged values (%s) are left out', (kept) => expect(parsePreferences(kept, []).theme).toBe('system'));
