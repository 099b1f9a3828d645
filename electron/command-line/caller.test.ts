import { expect, test } from 'vitest';
import { callerFolder, localeOf } from './caller.ts';

test('the language comes from SWITCHYARD_LANG, then LC_ALL, LC_MESSAGES and LANG', () => {
  expect(localeOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
  expect(localeOf({ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'de_CH.UTF-8' })).toBe('en');
  expect(localeOf({ LANG: 'en_US', LC_MESSAGES: 'en_US', LC_ALL: 'zh_TW' })).toBe('zh');
  expect(localeOf({ LC_ALL: 'C', SWITCHYARD_LANG: 'zh' })).toBe('zh');
  expect(localeOf({ LC_ALL: '', LANG: 'zh_CN' })).toBe('zh');
  expect(localeOf({})).toBe('en');
});

test('paths start where npm was called, but only for the script that is this program', () => {
  expect(callerFolder({ npm_lifecycle_event: 'switchyard', INIT_CWD: '/home/mia' }, '/checkout')).toBe('/home/mia');
  expect(callerFolder({ npm_lifecycle_event: 'test', INIT_CWD: '/home/mia' }, '/checkout')).toBe('/checkout');
  expect(callerFolder({}, '/here')).toBe('/here');
});
