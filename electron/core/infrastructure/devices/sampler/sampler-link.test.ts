import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLifetime } from '../../../lib/lifetime.ts';
import type { SamplerReport } from '../../../ports.ts';
import { createSampler } from './sampler-link.ts';

const folder = mkdtempSync(join(tmpdir(), 'sampler-link-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A real process in the sampler's place that runs a few lines; `start` counts from 1 how often it was started. */
const link = (name: string, lines: string) => {
  const entry = join(folder, `${name}.mjs`);
  const count = JSON.stringify(join(folder, `${name}.count`));
  writeFileSync(
    entry,
    `import { appendFileSync, readFileSync } from 'node:fs';
     appendFileSync(${count}, '.');
     const start = readFileSync(${count}, 'utf8').length;
     const tell = (message) => process.send(message);
     process.on('disconnect', () => process.exit());
     ${lines}`,
  );
  const lifetime = createLifetime();
  const reports: SamplerReport[] = [];
  const sampler = createSampler({ entry, lifetime, restartMs: 20 });
  sampler.onReport((report) => void reports.push(report));
  return { sampler, lifetime, reports };
};

const devices = `{ kind: 'devices', probe: 'nvml', devices: [{ key: 'a', kind: 'gpu', name: 'A', providers: [] }] }`;
const readings = `{ kind: 'readings', at: 1, readings: [] }`;

test('what a damaged process says is passed over, and what it says well is heard', async () => {
  const { lifetime, reports } = link(
    'damaged',
    `for (const message of [null, 'x', 42, [], {}, { kind: 'devices' }, { kind: 'readings', at: 'now', readings: [] },
       { kind: 'readings', at: 1, readings: [['a', { utilization: 'much' }]] }]) tell(message);
     tell(${devices});
     tell({ kind: 'readings', at: 1, readings: [['a', { utilization: 7 }], ['b', { error: 'lost' }]] });`,
  );
  await expect.poll(() => reports.length).toBe(2);
  expect(reports).toEqual([
    { kind: 'devices', probe: 'nvml', devices: [{ key: 'a', kind: 'gpu', name: 'A', providers: [] }] },
    {
      kind: 'readings',
      at: 1,
      readings: [
        ['a', { utilization: 7 }],
        ['b', { error: 'lost' }],
      ],
    },
  ]);
  await lifetime.dispose();
});

test('its end fails the devices that were there, and only those; the next process makes them good', async () => {
  const { lifetime, reports } = link(
    'ending',
    `tell({ kind: 'devices', probe: 'none', devices: [] });
     tell(${devices});
     if (start === 1) setImmediate(() => process.exit(3));`,
  );
  const told = () => reports.filter((report) => 'probe' in report && report.probe === 'nvml').map(({ kind }) => kind);
  await expect.poll(told).toEqual(['devices', 'failed', 'devices']);
  expect(reports.filter(({ kind }) => kind === 'failed')).toEqual([
    { kind: 'failed', probe: 'nvml', reason: { kind: 'error', detail: 'the process that reads the devices ended with exit code 3' } },
  ]);
  await lifetime.dispose();
});

test('who listens late is told what is known', async () => {
  const { sampler, lifetime, reports } = link('early', `tell(${devices}); tell({ kind: 'looked' });`);
  await expect.poll(() => reports.length).toBe(1);
  await sampler.looked;
  const late: SamplerReport[] = [];
  sampler.onReport((report) => void late.push(report));
  expect(late).toEqual(reports);
  await lifetime.dispose();
});

test('nobody waits for the first look of a process that ends at once or cannot be started', async () => {
  const { sampler, lifetime } = link('broken', 'process.exit(1);');
  await sampler.looked;
  await lifetime.dispose();
});

test('whether processes are watched is told to the next process too', async () => {
  const { sampler, lifetime, reports } = link(
    'watching',
    `process.on('message', ({ isWatched }) => {
       tell({ kind: 'failed', probe: String(start), reason: { kind: 'error', detail: String(isWatched) } });
       if (start === 1) setImmediate(() => process.exit());
     });`,
  );
  sampler.watchProcesses(true);
  const told = () => reports.map((report) => report.kind === 'failed' && [report.probe, report.reason]);
  await expect.poll(told).toEqual([
    ['1', { kind: 'error', detail: 'true' }],
    ['2', { kind: 'error', detail: 'true' }],
  ]);
  await lifetime.dispose();
});

describe('a process with devices that says nothing any more', () => {
  // The beats are ours, so that a process may take as long as it likes to start and to answer.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());
  const beats = (count: number): void => void vi.advanceTimersByTime(count * 1000);

  test('makes them silent, and its next word takes that back', async () => {
    const { sampler, lifetime, reports } = link('silent', `tell(${devices}); process.on('message', () => tell(${readings}));`);
    await expect.poll(() => reports.length).toBe(1);
    beats(4);
    expect(reports).toHaveLength(1);
    beats(1);
    expect(reports.slice(1)).toEqual([{ kind: 'failed', probe: 'nvml', reason: { kind: 'silent', seconds: 5 } }]);
    sampler.watchProcesses(true);
    await expect.poll(() => reports.slice(2).map(({ kind }) => kind)).toEqual(['devices', 'readings']);
    await lifetime.dispose();
  });

  test('for very long is ended and started again', async () => {
    const { lifetime, reports } = link('hopeless', `tell(${devices}); setInterval(() => undefined, 1000);`);
    const told = () => reports.map((report) => (report.kind === 'failed' ? report.reason.kind : report.kind));
    await expect.poll(told).toEqual(['devices']);
    beats(30);
    await expect.poll(told).toEqual(['devices', 'silent', 'error', 'devices']);
    await lifetime.dispose();
  });
});
