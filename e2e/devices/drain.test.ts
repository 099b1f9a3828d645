import { afterAll, expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { addFpga } from '../fixtures/sysfs/devices.ts';
import { createMachineTree } from '../fixtures/sysfs/machine-tree.ts';
import { ownCore } from '../own-core.ts';

/* Devices that a person takes out of work, or that go by themselves, while jobs run on them. */

const soon = { interval: 100 };
const tree = createMachineTree();
const [first] = [addFpga(tree, { index: 0 }), addFpga(tree, { index: 1 })];
const core = ownCore({ SWITCHYARD_SYSFS: tree.sysfs });
afterAll(() => tree.dispose());

const add = async (...words: string[]): Promise<number> => {
  const { code, stdout, stderr } = await core.run('add', '--memory', '64MB', '--cpus', '0.1', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(stdout);
};

const jobOf = (id: number): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);
const isNow = (id: number, kind: JobDetail['state']['kind']) => expect.poll(() => jobOf(id), soon).toMatchObject({ state: { kind } });

/** Runs until its gate is there. */
const gated = (name: string): string[] => ['sh', '-c', `until [ -e ${core.workFolder}/${name} ]; do sleep 0.05; done`];

test('what runs on a drained device goes on to its end, nothing new starts there, and undraining starts what waits', async () => {
  const running = await add('--device', 'fpga', '--on', 'fpga0', '--', ...gated('open'));
  await isNow(running, 'running');
  expect(await core.run('devices', 'drain', 'fpga0', '--note', 'new fan')).toMatchObject({ code: 0 });
  const bound = await add('--device', 'fpga', '--on', 'fpga0', '--', 'true');
  const both = await add('--device', 'fpga:2', '--', 'true');
  const elsewhere = await add('--device', 'fpga', '--', 'true');
  await isNow(elsewhere, 'succeeded');
  expect((await jobOf(elsewhere)).state).toMatchObject({ ranOn: { devices: [{ device: 'fpga1' }] } });
  expect((await jobOf(running)).state.kind).toBe('running');
  core.write('open', '');
  await isNow(running, 'succeeded');
  for (const id of [bound, both]) {
    const { state, wait, sentence } = await jobOf(id);
    expect({ kind: state.kind, wait }).toEqual({
      kind: 'pending',
      wait: { code: 'device-unusable', values: { devices: ['fpga0'], why: { code: 'device-drained', values: { note: 'new fan' } } } },
    });
    expect(sentence).toBe('Waits for fpga0: Drained by hand: new fan. Undrain it to give it work again.');
  }
  expect(await core.run('devices', 'undrain', 'fpga0')).toMatchObject({ code: 0 });
  await isNow(bound, 'succeeded');
  await isNow(both, 'succeeded');
});

test('a drained processor lets its jobs end and starts none before it is undrained', async () => {
  const running = await add('--', ...gated('go'));
  await isNow(running, 'running');
  expect(await core.run('devices', 'drain', 'cpu')).toMatchObject({ code: 0 });
  const waiting = await add('--', 'true');
  await expect.poll(() => jobOf(waiting), soon).toMatchObject({ wait: { code: 'device-unusable', values: { devices: ['cpu'] } } });
  core.write('go', '');
  await isNow(running, 'succeeded');
  expect((await jobOf(waiting)).state.kind).toBe('pending');
  expect(await core.run('devices', 'undrain', 'cpu')).toMatchObject({ code: 0 });
  await isNow(waiting, 'succeeded');
});

test('a job that may be tried again waits for the device that it lost, and runs when it is back', async () => {
  const id = await add('--device', 'fpga', '--on', 'fpga0', '--retries', '1', '--', ...gated('again'));
  await isNow(id, 'running');
  first?.vanish();
  await expect
    .poll(() => jobOf(id), soon)
    .toMatchObject({
      state: { kind: 'pending' },
      wait: { code: 'device-unusable', values: { devices: ['fpga0'] } },
    });
  core.write('again', '');
  addFpga(tree, { index: 0 });
  await isNow(id, 'succeeded');
  expect((await jobOf(id)).state).toMatchObject({ attempt: 2 });
});

test('a job that failed with its device can be retried by hand while it is drained, and waits for it', async () => {
  const id = await add('--device', 'fpga', '--on', 'fpga1', '--', 'false');
  await isNow(id, 'failed');
  expect(await core.run('devices', 'drain', 'fpga1')).toMatchObject({ code: 0 });
  expect(await core.run('retry', String(id))).toMatchObject({ code: 0 });
  await expect.poll(() => jobOf(id), soon).toMatchObject({ wait: { code: 'device-unusable', values: { devices: ['fpga1'] } } });
  expect(await core.run('devices', 'undrain', 'fpga1')).toMatchObject({ code: 0 });
  await isNow(id, 'failed');
  expect((await jobOf(id)).state).toMatchObject({ attempt: 2, reason: { code: 'exit-code' } });
});
