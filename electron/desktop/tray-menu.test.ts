import { expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { JobRow } from '../../shared/model/job.ts';
import { trayMenu, trayTitle, type TrayItem } from './tray-menu.ts';

const settings = { theme: 'system', closesToTray: true } as const;

const job = (given: Partial<JobRow> & Pick<JobRow, 'id' | 'name' | 'state'>): JobRow => ({
  runtime: 'command',
  group: 'default',
  priority: 0,
  submittedAt: 0,
  revision: 1,
  ...given,
});

const status = (given: Partial<Status> = {}): Status => ({
  version: '0.1.0',
  shell: 'desktop',
  processId: 1,
  startedAt: 0,
  dataFolder: '/data',
  hostName: 'atlas',
  isPaused: false,
  policy: 'fifo',
  counts: { running: 0, pending: 0, held: 0, succeeded: 0, failed: 0, cancelled: 0 },
  ...given,
});

const busy = status({
  counts: { running: 6, pending: 1247, held: 0, succeeded: 0, failed: 1, cancelled: 0 },
  first: job({
    id: 9,
    name: 'detect-weld-seams',
    state: { kind: 'pending', since: 0 },
    wait: { code: 'memory-granted', values: { needBytes: 6.2e9, freeBytes: 1e9, holders: [{ id: 4, name: 'train-resnet' }] } },
  }),
  latestFailure: job({
    id: 7,
    name: 'cnn-sweep-3',
    state: { kind: 'out-of-memory', attempt: 1, startedAt: 1, endedAt: 2, reason: { code: 'memory-limit', values: { limitBytes: 12e9 } } },
  }),
});

const menu = (of: Status | undefined, ownsCore = true): TrayItem[] => trayMenu({ status: of, settings, ownsCore }, 'en');
const actions = (items: TrayItem[]): [string, unknown][] =>
  items.flatMap((item) => (item.kind === 'action' ? [[item.text, item.action]] : []));

test('the whole menu of a busy machine', () => {
  expect(menu(busy)).toEqual([
    { kind: 'text', text: '6 running, 1,247 waiting' },
    { kind: 'line' },
    { kind: 'text', text: 'cnn-sweep-3 failed' },
    { kind: 'text', text: 'Grew past its memory limit of 12.0 GB and was stopped. Submit it again with more memory.' },
    { kind: 'action', text: 'Show what happened', action: { do: 'open-job', id: 7 } },
    { kind: 'action', text: 'Retry cnn-sweep-3', action: { do: 'retry', id: 7 } },
    { kind: 'line' },
    { kind: 'action', text: 'First in line: detect-weld-seams', action: { do: 'open-job', id: 9 } },
    { kind: 'text', text: 'Waits for 6.2 GB of memory; 1.0 GB not yet granted, train-resnet running.' },
    { kind: 'line' },
    { kind: 'action', text: 'Pause queue', action: { do: 'pause' } },
    { kind: 'action', text: 'Open Switchyard', action: { do: 'open' } },
    { kind: 'line' },
    {
      kind: 'choice',
      text: 'Appearance',
      options: [
        { text: 'As the system', isChosen: true, action: { do: 'use-theme', theme: 'system' } },
        { text: 'Light', isChosen: false, action: { do: 'use-theme', theme: 'light' } },
        { text: 'Dark', isChosen: false, action: { do: 'use-theme', theme: 'dark' } },
      ],
    },
    { kind: 'check', text: 'Keep running when the window closes', isOn: true, action: { do: 'close-to-tray', isOn: false } },
    { kind: 'line' },
    { kind: 'action', text: 'Quit, 6 jobs running…', action: { do: 'quit' } },
  ]);
});

test('an idle machine shows no failure and no first in line, and quits without a question', () => {
  expect(menu(status())[0]).toEqual({ kind: 'text', text: 'Nothing running, nothing waiting' });
  expect(actions(menu(status()))).toEqual([
    ['Pause queue', { do: 'pause' }],
    ['Open Switchyard', { do: 'open' }],
    ['Quit', { do: 'quit' }],
  ]);
});

test('a paused queue says so and offers to resume', () => {
  const paused = status({ isPaused: true });
  expect(trayTitle(paused, 'en')).toBe('Nothing running, nothing waiting · Queue paused');
  expect(actions(menu(paused))[0]).toEqual(['Resume queue', { do: 'resume' }]);
});

test('until the core has answered there is nothing to pause, and the window can be opened', () => {
  expect(trayTitle(undefined, 'en')).toBe('Starting…');
  expect(actions(menu(undefined)).map(([text]) => text)).toEqual(['Open Switchyard', 'Quit']);
});

test('a window that joined a headless core says that quitting leaves it running', () => {
  expect(actions(menu(busy, false)).at(-1)).toEqual(['Quit, the core keeps running', { do: 'quit' }]);
});

test('a long name does not make the menu wider than the screen, and no emoji is cut in half', () => {
  const long = status({ first: job({ id: 1, name: '🚂'.repeat(200), state: { kind: 'pending', since: 0 } }) });
  const text = actions(menu(long))[0]![0];
  expect([...text].length).toBeLessThan(110);
  expect(text.isWellFormed()).toBe(true);
});

test('the menu speaks 简体中文 without one English word left', () => {
  const texts = trayMenu({ status: status({ isPaused: true }), settings, ownsCore: true }, 'zh').flatMap((item) =>
    'text' in item ? [item.text] : [],
  );
  expect(texts[0]).toBe('没有运行或等待的作业 · 队列已暂停');
  expect(texts.filter((text) => /[A-Za-z{}]/.test(text.replaceAll('Switchyard', '')))).toEqual([]);
});
