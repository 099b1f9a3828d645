import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { addFpga } from '../fixtures/sysfs/devices.ts';
import { createMachineTree } from '../fixtures/sysfs/machine-tree.ts';
import { ownCore } from '../own-core.ts';

/* Jobs that ask for devices, on a machine with one FPGA and nothing else beside its processor. */

const tree = createMachineTree();
const fpga = addFpga(tree, { index: 0 });
const core = ownCore({ SWITCHYARD_SYSFS: tree.sysfs });
afterAll(() => tree.dispose());

const add = async (...words: string[]): Promise<number> => {
  const { code, stdout, stderr } = await core.run('add', '--memory', '64MB', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(stdout);
};

const job = (id: number): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);

const whenJob = async (id: number, isSo: (one: JobDetail) => boolean): Promise<JobDetail> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const one = await job(id);
    if (isSo(one)) return one;
    if (Date.now() > deadline) throw new Error(`job ${id} did not become so: ${JSON.stringify(one.state)} ${one.sentence}`);
    await delay(50);
  }
};

test('two jobs for one FPGA: the second waits and says for what and for whom, and runs as soon as the first is gone', async () => {
  const first = await add('--name', 'holder', '--device', 'fpga:1', '--', 'sleep', '600');
  const show = 'echo "$SWITCHYARD_DEVICES $SWITCHYARD_DEVICE_NODES [$CUDA_VISIBLE_DEVICES]"';
  const second = await add('--device', 'fpga', '--', 'sh', '-c', show);
  const beside = await add('--', 'sh', '-c', `${show}; true`);
  expect((await whenJob(first, ({ state }) => state.kind === 'running')).state).toMatchObject({
    placement: { device: 'cpu', accelerators: [{ device: 'fpga0', deviceName: 'Xilinx Zynq FPGA Manager' }] },
  });
  await whenJob(beside, ({ state }) => state.kind === 'succeeded');
  const waiting = await job(second);
  expect(waiting.state.kind).toBe('pending');
  expect(waiting.wait).toEqual({
    code: 'device-busy',
    values: { kind: 'fpga', need: 1, free: 0, total: 1, holders: [{ id: first, name: 'holder' }] },
  });
  expect(await core.run('cancel', String(first))).toMatchObject({ code: 0 });
  await whenJob(second, ({ state }) => state.kind === 'succeeded');
  expect((await core.run('log', String(second))).stdout).toBe('fpga0 /dev/fpga0 []\n');
  expect((await core.run('log', String(beside))).stdout).toBe('  []\n');
});

test('what this machine does not have is refused in one sentence, or replaced by the processor where that is allowed', async () => {
  const refusal = await core.run('add', '--device', 'gpu:1', '--', 'true');
  expect(refusal.code).not.toBe(0);
  expect(refusal.stderr).toMatch(/^It asks for .*this machine has 0\..*\n$/);
  expect((await core.run('add', '--on', 'fpga7', '--', 'true')).stderr).toBe('There is no device fpga7; known are cpu, fpga0.\n');
  expect((await core.run('add', '--device', 'tpu', '--', 'true')).stderr).toMatch(/^--device tpu is not a kind of device\./);
  expect((await core.run('add', '--device-memory', '1GB', '--', 'true')).stderr).toMatch(/^--device-memory says something about a device;/);
  const ruledOut = await core.run('add', '--device', 'fpga', '--not-on', 'fpga0', '--', 'true');
  expect(ruledOut).toMatchObject({ code: 2, stderr: 'Without fpga0 no FPGA is left for it. Rule out less.\n' });
  expect((await core.run('add', '--prefer', 'half', '--', 'true')).stderr).toMatch(
    /^--prefer half is unknown. Choose one of: pack, spread./,
  );
  const flexible = await add('--device', 'gpu:1', '--not-on', 'fpga0', '--prefer', 'pack', '--flexible', '--', 'true');
  const { state } = await whenJob(flexible, (one) => one.state.kind === 'succeeded');
  expect(state).toMatchObject({ ranOn: { device: 'cpu', fellBackFrom: 'gpu' } });
  expect((await job(flexible)).spec.resources).toMatchObject({ notOn: ['fpga0'], prefer: 'pack' });
});

test('a device that goes while a command uses it ends the command, and the reason says which and why', async () => {
  const id = await add('--device', 'fpga', '--', 'sleep', '600');
  await whenJob(id, ({ state }) => state.kind === 'running');
  // Its readings fail before the next look for devices finds it gone.
  const unplugged = { code: expect.stringMatching(/^device-(gone|error)$/) as string };
  fpga.vanish();
  const { state } = await whenJob(id, (one) => one.state.kind === 'failed');
  expect(state).toMatchObject({ reason: { code: 'device-lost', values: { device: 'fpga0', why: unplugged } } });
  const next = await add('--device', 'fpga', '--', 'true');
  expect((await whenJob(next, ({ wait }) => wait !== undefined)).wait).toMatchObject({
    code: 'device-unusable',
    values: { devices: ['fpga0'], why: unplugged },
  });
  addFpga(tree, { index: 0 });
  await whenJob(next, (one) => one.state.kind === 'succeeded');
});
