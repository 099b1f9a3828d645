import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { DeviceReading } from '../../shared/model/device.ts';
import type { FoundDevice, Outcome } from './ports.ts';
import { createFakeSampler, gigabyte, openTestCore, removeFolder, type TestCore } from './test-core.ts';

/* What a job's proof says about devices beside the processor, with processes that really are there and a sampler that the test speaks for. */

const gpu: FoundDevice = {
  key: 'GPU-1',
  kind: 'gpu',
  name: 'Test GPU',
  uuid: 'GPU-1',
  memoryTotalBytes: 24 * gigabyte,
  providers: [],
};

let core: TestCore;
const open = async (): Promise<void> => void (core = await openTestCore({ sampler: createFakeSampler(gpu) }));
afterEach(async () => {
  await core.close();
  await removeFolder(core);
  expect(core.bugs).toEqual([]);
});

const reading = (values: DeviceReading): void => core.sampler.report({ kind: 'readings', at: Date.now(), readings: [['GPU-1', values]] });
const seen = (...list: { pid: number; memoryBytes?: number }[]): void =>
  core.sampler.report({ kind: 'processes', at: Date.now(), processes: [['GPU-1', list]] });

/** A program of a job; it is a child of the core, as launched ones are. */
const startProgram = async (): Promise<number> => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? 0;
};

const ranOn = { device: 'cpu', deviceName: 'Test CPU', cores: 1 };
const done: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn };
const devicesOf = async (id: number): Promise<unknown> => {
  const { state } = await core.ended(id);
  return 'ranOn' in state ? state.ranOn?.devices : undefined;
};

describe('the proof of a job', { skip: process.platform !== 'linux' }, () => {
  test('names its processes that the driver listed, and the most that they held together', async () => {
    await open();
    const [id = 0] = await core.submit({ resources: { device: { kind: 'gpu', memoryBytes: 8 * gigabyte } } });
    const attempt = await core.command.started(1);
    const [first, second] = [await startProgram(), await startProgram()];
    attempt.sink.running([first, second]);
    seen({ pid: first, memoryBytes: 2 * gigabyte }, { pid: 1, memoryBytes: gigabyte });
    seen({ pid: first, memoryBytes: 3 * gigabyte }, { pid: second, memoryBytes: 2 * gigabyte });
    seen({ pid: second, memoryBytes: gigabyte });
    attempt.end(done);
    const pids = [first, second].toSorted((a, b) => a - b);
    expect(await devicesOf(id)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids, peakMemoryBytes: 5 * gigabyte }]);
  });

  test('says that nobody was seen on a device that was granted, and who was seen on one that was not', async () => {
    await open();
    const [granted = 0] = await core.submit({ resources: { device: { kind: 'gpu', count: 1 } } });
    (await core.command.started(1)).end(done);
    expect(await devicesOf(granted)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids: [] }]);

    const [uninvited = 0] = await core.submit({});
    const attempt = await core.command.started(2);
    const pid = await startProgram();
    attempt.sink.running([pid]);
    seen({ pid });
    attempt.end(done);
    expect(await devicesOf(uninvited)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids: [pid] }]);
  });

  test('counts the energy of a device only for the job that has it alone', async () => {
    await open();
    reading({ energyJ: 1000 });
    const [whole = 0] = await core.submit({ resources: { device: { kind: 'gpu', count: 1 } } });
    const alone = await core.command.started(1);
    reading({ energyJ: 1130 });
    alone.end(done);
    expect(await devicesOf(whole)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids: [], energyJ: 130 }]);

    const [part = 0] = await core.submit({ resources: { device: { kind: 'gpu', memoryBytes: gigabyte } } });
    const shared = await core.command.started(2);
    reading({ energyJ: 1200 });
    shared.end(done);
    expect(await devicesOf(part)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids: [] }]);
  });

  test('leaves out the energy when the counter began anew', async () => {
    await open();
    reading({ energyJ: 1000 });
    const [id = 0] = await core.submit({ resources: { device: { kind: 'gpu', count: 1 } } });
    const attempt = await core.command.started(1);
    reading({ energyJ: 3 });
    attempt.end(done);
    expect(await devicesOf(id)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids: [] }]);
  });

  test('tells the processor time of its processes', async () => {
    await open();
    const [id = 0] = await core.submit({});
    const attempt = await core.command.started(1);
    const child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    attempt.sink.running([child.pid ?? 0]);
    // Memory and time are looked at together, once a second.
    await expect.poll(async () => (await core.client.jobs.get({ id })).memoryBytes).toBeGreaterThan(0);
    attempt.end(done);
    const { state } = await core.ended(id);
    const seconds = 'ranOn' in state ? state.ranOn?.cpuSeconds : undefined;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(60);
  });

  test('and the grant of an adopted process have what it holds of a device', async () => {
    await open();
    const starter = spawn('sh', ['-c', 'sleep 60 >/dev/null & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [said] = (await once(starter.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    await once(starter, 'exit');
    reading({ memoryUsedBytes: 4 * gigabyte });
    seen({ pid, memoryBytes: 4 * gigabyte });
    const { id } = await core.client.jobs.adopt({ pid });
    const { state } = await core.client.jobs.get({ id });
    const accelerators = [{ device: 'gpu0', deviceName: 'Test GPU', memoryBytes: 4 * gigabyte }];
    expect(state).toMatchObject({ placement: { accelerators } });
    // More than at first: it is nobody's limit, and goes on.
    await expect.poll(async () => (await core.client.jobs.get({ id })).state.kind).toBe('running');
    seen({ pid, memoryBytes: 6 * gigabyte });
    const [, device] = (await core.client.devices.list()).devices;
    expect(device?.processes).toEqual([{ pid, memoryBytes: 6 * gigabyte, jobId: id }]);
    process.kill(pid, 'SIGKILL');
    expect(await devicesOf(id)).toEqual([{ device: 'gpu0', deviceName: 'Test GPU', pids: [pid], peakMemoryBytes: 6 * gigabyte }]);
  });
});
