import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gigabyte, openTestCore, removeFolder, type TestCore } from './test-core.ts';

let yard: TestCore;
beforeEach(async () => {
  yard = await openTestCore();
});
afterEach(async () => {
  await yard.close();
  await removeFolder(yard);
});

test('the machine, the group and the job are measured while a job runs, and nothing is told that was not measured', async () => {
  const { client, submit, command } = yard;
  const from = Date.now();
  const [id = 0] = await submit({ group: 'night', resources: { cores: 2, memoryBytes: 4 * gigabyte } });
  const { run } = await command.started(1);
  expect(run.jobId).toBe(id);
  const points = async (
    subject: { device?: string; group?: string; job?: number },
    quantity: 'memoryUsedBytes' | 'utilization' | 'grantedCores',
  ) => (await client.metrics.series({ ...subject, quantity, from, to: Date.now() + 1 })).points;

  await expect.poll(async () => (await points({ group: 'night' }, 'grantedCores')).length).toBeGreaterThan(1);
  expect((await points({ device: 'cpu' }, 'memoryUsedBytes')).map(({ mean }) => Math.round(mean / gigabyte))).toContain(1);
  expect((await points({ group: 'night' }, 'grantedCores'))[0]).toMatchObject({ mean: 2, max: 2 });
  // The processor of this test tells no load.
  expect(await points({ device: 'cpu' }, 'utilization')).toEqual([]);
  expect(await points({ job: 999 }, 'memoryUsedBytes')).toEqual([]);

  const window = { from, to: Date.now() + 1 };
  const byDevice = await client.metrics.utilization(window);
  expect(byDevice.rows).toEqual([expect.objectContaining({ key: 'cpu', resource: 'memory', ratio: expect.closeTo(1 / 16, 3) })]);
  expect((await client.metrics.utilization({ ...window, by: 'kind' })).rows).toEqual(byDevice.rows);
  const byGroup = await client.metrics.utilization({ ...window, by: 'group' });
  expect(byGroup.rows).toEqual([expect.objectContaining({ key: 'night', resource: 'memory' })]);
  expect(existsSync(join(yard.dataFolder, 'metrics.db'))).toBe(true);
  expect(yard.bugs).toEqual([]);
});

test('a window that ends before it begins, and one of nothing in particular, are refused', async () => {
  const { client } = yard;
  await expect(client.metrics.utilization({ from: 2, to: 1 })).rejects.toThrow('to must be later than from');
  await expect(client.metrics.series({ quantity: 'powerW', from: 1, to: 2 })).rejects.toThrow('name one of device, group and job');
});
