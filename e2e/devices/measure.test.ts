import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { DeviceCapability } from '../../shared/model/device.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { ownCore } from '../own-core.ts';

/* What the processor of this machine can do, measured by a core of its own. */

const core = ownCore();

const measure = async (id: string): Promise<DeviceCapability & { device: string }> => {
  const { code, stdout, stderr } = await core.run('devices', 'measure', id, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as DeviceCapability & { device: string };
};

const capabilityOf = async (id: string): Promise<DeviceCapability | undefined> => {
  const { stdout } = await core.run('devices', '--json');
  return (JSON.parse(stdout) as { devices: DeviceState[] }).devices.find((device) => device.id === id)?.capability;
};

/** How far the two that lie nearest are apart: other programs may slow one of three. */
const spread = (figures: readonly number[]): number => {
  const [low = 0, middle = 0, high = 0] = figures.toSorted((a, b) => a - b);
  return Math.min(middle / low, high / middle);
};

const whenRunning = async (id: number): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while ((await core.rest.ask<JobDetail>('GET', `/jobs/${id}`)).state.kind !== 'running') {
    if (Date.now() > deadline) throw new Error(`job ${id} does not run`);
    await delay(50);
  }
};

test('the processor is measured with a thread for each core, much alike every time, and its figures outlive the core', async () => {
  expect(await capabilityOf('cpu')).toBeUndefined();
  const before = Date.now();
  const all = [await measure('cpu'), await measure('cpu'), await measure('cpu')];
  for (const { device, gflops, gbPerSecond, threads, measuredAt } of all) {
    expect({ device, threads }).toEqual({ device: 'cpu', threads: Math.floor(availableParallelism()) });
    expect(Math.min(gflops, gbPerSecond)).toBeGreaterThan(0);
    expect(measuredAt).toBeGreaterThan(before);
  }
  expect(spread(all.map(({ gflops }) => gflops))).toBeLessThan(3);
  expect(spread(all.map(({ gbPerSecond }) => gbPerSecond))).toBeLessThan(3);
  const { device: _, ...last } = all.at(-1)!;
  expect(await capabilityOf('cpu')).toEqual(last);
  expect(await core.run('shutdown')).toMatchObject({ code: 0 });
  expect(await capabilityOf('cpu')).toEqual(last);
});

test('a person is told in one line', async () => {
  const { code, stdout } = await core.run('devices', 'measure', 'cpu');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^cpu computes [\d.,]+ GFLOP\/s and reads and writes [\d.,]+ GB\/s, with \d+ threads?\.\n$/);
});

test.runIf(process.platform === 'linux' && availableParallelism() > 1)(
  'a share is measured on its cores, and only while no job has it',
  async () => {
    expect(await core.run('devices', 'split', 'cpu', '--cores', '0', '--name', 'left')).toMatchObject({ code: 0 });
    const { stdout } = await core.run('add', '--on', 'left', '--name', 'holder', '--', 'sleep', '600');
    await whenRunning(Number(stdout));
    const refusal = { code: 2, stdout: '', stderr: 'left is in use by holder. Wait until they have ended, or cancel them.\n' };
    expect(await core.run('devices', 'measure', 'left')).toEqual(refusal);
    expect(await core.rest.call('POST', '/devices/cpu/measure', {})).toMatchObject({
      status: 422,
      body: { data: { reason: { code: 'device-in-use', values: { device: 'left' } } } },
    });
    expect(await core.run('cancel', stdout.trim())).toMatchObject({ code: 0 });
    await core.run('wait', stdout.trim());
    expect(await measure('left')).toMatchObject({ device: 'left', threads: 1 });
    expect(await capabilityOf('left')).toMatchObject({ threads: 1 });
  },
);

test('a device that is not there is refused', async () => {
  const { code, stderr } = await core.run('devices', 'measure', 'gpu7');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('There is no device gpu7') });
});
