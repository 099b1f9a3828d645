import { expect, test } from 'vitest';
import { Refusal } from '../core/lib/refusal.ts';
import { failureText, SilentCore, systemLocale } from './start-failure.ts';

test('a data folder that cannot be written is named', () => {
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/data' });
  expect(failureText(error, 'en')).toBe('/data cannot be written. Check its permissions. Correct that and start Switchyard again.');
});

test('a full disk is named', () => {
  const error = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', path: '/data/journal.db' });
  expect(failureText(error, 'en')).toContain('The disk of /data/journal.db is full.');
});

test('what the core refuses has its own sentence, in the language of the person', () => {
  expect(failureText(new Refusal({ code: 'not-writable', values: { path: '/data' } }), 'zh')).toContain('无法写入 /data。');
});

test('a core that does not answer is named by its folder', () => {
  expect(failureText(new SilentCore('/data'), 'en')).toContain('Another Switchyard uses /data and does not answer.');
});

test('the first language of the system that is spoken here is used', () => {
  expect(systemLocale(['de-DE', 'zh-Hans-CN', 'en-US'])).toBe('zh');
  expect(systemLocale(['en-GB', 'zh-CN'])).toBe('en');
  expect(systemLocale(['de'])).toBe('en');
  expect(systemLocale([])).toBe('en');
});
