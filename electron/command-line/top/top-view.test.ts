import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { commandLineText } from '../../../shared/words/command-line.ts';
import type { Locale } from '../../../shared/words/format.ts';
import { sentenceOf } from '../../../shared/words/reasons.ts';
import type { Session } from '../session.ts';
import { textWidth } from '../text-width.ts';
import { showTop } from './show-top.ts';
import { topLines, type TopState } from './top-view.ts';

const sayIn = (locale: Locale): Pick<Session, 'text' | 'locale' | 'sentence'> => ({
  locale,
  text: (key, values = {}) => commandLineText(key, values, locale),
  sentence: (reason) => sentenceOf(reason, locale),
});
const english = sayIn('en');

const device = (given: Partial<DeviceState> & Pick<DeviceState, 'id' | 'kind'>): DeviceState => ({
  name: given.id,
  providers: [],
  state: 'ready',
  processes: [],
  granted: { cores: 0, memoryBytes: 0 },
  reserveBytes: 0,
  overcommit: 1,
  jobs: [],
  ...given,
});

const cpu = device({
  id: 'cpu',
  kind: 'cpu',
  cores: 8,
  utilization: 54,
  memory: { totalBytes: 64e9, usedBytes: 16e9 },
  temperatureC: 61,
  powerW: 45,
  jobs: [
    { id: 7, name: 'train', group: 'night', cores: 2, memoryBytes: 4e9, usedBytes: 3e9 },
    { id: 8, name: 'ocr 页面.png', group: 'default', cores: 4, memoryBytes: 1e9 },
  ],
});
const gpu = (index: number): DeviceState =>
  device({
    id: `gpu${index}`,
    kind: 'gpu',
    utilization: 100,
    memory: { totalBytes: 24e9, usedBytes: 12e9 },
    jobs: index === 0 ? [{ id: 7, name: 'train', group: 'night', cores: 0, memoryBytes: 12e9 }] : [],
    processes: [
      { pid: 100 + index, memoryBytes: 12e9, name: 'python3', jobId: 7 },
      { pid: 4000, memoryBytes: 1e9, name: 'Xorg' },
    ],
  });

const state = (devices: readonly DeviceState[]): TopState => ({
  devices,
  status: {
    version: '0',
    shell: 'headless',
    processId: 1,
    startedAt: 1,
    dataFolder: '/',
    hostName: 'yard',
    isPaused: false,
    policy: 'fifo',
    counts: { running: 2, pending: 3, held: 1, succeeded: 0, failed: 0, cancelled: 0 },
    first: {
      id: 9,
      name: 'next one',
      runtime: 'command',
      group: 'default',
      priority: 0,
      submittedAt: 1,
      revision: 1,
      state: { kind: 'pending', since: 1 },
      position: 1,
      wait: { code: 'queue-paused', values: {} },
    },
  },
});

const small = { columns: 80, rows: 24 };
const jobs = { showsProcesses: false, sort: 'start' } as const;

describe('the picture of the terminal', () => {
  test('shows devices with bars and numbers, jobs with what they hold, and what waits for what', () => {
    const text = topLines(english, state([cpu, gpu(0)]), jobs, small).join('\n');
    expect(text).toContain('yard: 2 running, 3 waiting, 1 held');
    expect(text).toMatch(/cpu +█████▍···· +54 % +██▌······· 16\.0 GB of 64\.0 GB +61 °C +45 W/);
    expect(text).toMatch(/gpu0 +██████████ 100 % +█████····· 12\.0 GB of 24\.0 GB/);
    expect(text).toMatch(/7 +train +night +2 +3\.0 GB +12\.0 GB +cpu gpu0/);
    expect(text).toMatch(/Next: #9 next one: .*paused/);
    expect(text).toContain('q quit   p processes   s sort: start');
  });

  test.each([
    ['en', 80, 24],
    ['zh', 80, 24],
    ['en', 40, 12],
    ['zh', 200, 60],
  ] as const)('in %s at %i×%i is never wider or higher than the terminal, however many devices there are', (locale, columns, rows) => {
    for (const count of [0, 1, 8, 16, 64]) {
      for (const showsProcesses of [false, true]) {
        const devices = [cpu, ...Array.from({ length: count }, (_, index) => gpu(index))];
        const lines = topLines(sayIn(locale), state(devices), { showsProcesses, sort: 'memory' }, { columns, rows });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('says what is not ready and why, and nothing where nothing was measured', () => {
    const drained = device({
      id: 'npu0',
      kind: 'npu',
      state: 'drained',
      reason: { code: 'device-drained', values: { note: 'new fan' } },
    });
    const line = topLines(english, state([cpu, drained]), jobs).find((one) => one.startsWith('npu0'));
    expect(line).toMatch(/^npu0 +drained: .*new fan/);
    expect(line).not.toMatch(/0 %|0 B|0 W/);
  });

  test('sorts jobs and processes, and tells ours from others', () => {
    const first = (sort: 'start' | 'cores'): string =>
      topLines(english, state([cpu, gpu(0)]), { showsProcesses: false, sort }, small)[6] ?? '';
    expect(first('start')).toMatch(/^ *7 +train/);
    expect(first('cores')).toMatch(/^ *8 +ocr/);
    const processes = topLines(english, state([cpu, gpu(0)]), { showsProcesses: true, sort: 'memory' }, small).join('\n');
    expect(processes).toMatch(/gpu0 +100 +12\.0 GB +#7 +python3\n/);
    expect(processes).toMatch(/gpu0 +4000 +1\.0 GB +not ours +Xorg\n/);
  });
});

/** A terminal of ours: keys go in, what is drawn comes out. */
const terminal = (columns: number, rows: number) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin, ref: () => stdin, unref: () => stdin });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  let drawn = '';
  stdout.setEncoding('utf8').on('data', (text: string) => void (drawn += text));
  return { stdin, stdout, drawn: () => drawn, clear: () => void (drawn = '') };
};

describe('the live view', () => {
  const open: AbortSignal[] = [];
  afterEach(() => void open.splice(0));

  async function* watch(_: boolean, signal: AbortSignal): AsyncGenerator<TopState> {
    open.push(signal);
    yield state([cpu, gpu(0)]);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
  // Only the words are asked of it.
  const session = english as Session;

  test('draws what the core tells, answers keys and a new size, and leaves at q', async () => {
    const screen = terminal(80, 24);
    const left = showTop(session, watch, screen);
    await expect.poll(screen.drawn).toContain('yard: 2 running');
    screen.stdin.write('p');
    await expect.poll(screen.drawn).toContain('not ours');
    screen.stdin.write('s');
    // Only what is another than before is drawn.
    await expect.poll(screen.drawn).toContain('cores');
    screen.clear();
    Object.assign(screen.stdout, { columns: 40, rows: 12 });
    screen.stdout.emit('resize');
    await expect.poll(screen.drawn).toContain('…');
    screen.stdin.write('q');
    await left;
    expect(open.every(({ aborted }) => aborted)).toBe(true);
  });

  test('ends with what went wrong when the core is lost', async () => {
    const screen = terminal(80, 24);
    async function* lost(): AsyncGenerator<TopState> {
      yield state([cpu]);
      throw new Error('the core has gone');
    }
    await expect(showTop(session, lost, screen)).rejects.toThrow('the core has gone');
  });
});
