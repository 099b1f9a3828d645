import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { buildFakeNvml, fakeGpu, fakeUuid, type FakeNvml, type FakeState } from '../fixtures/nvml/fake-nvml.ts';
import { addFpga, addNpu } from '../fixtures/sysfs/devices.ts';
import { createMachineTree } from '../fixtures/sysfs/machine-tree.ts';
import { addProcessor, serverCores } from '../fixtures/sysfs/processor.ts';
import { ownCore } from '../own-core.ts';

/*
 * A whole core on a machine of our making: a library in place of the NVIDIA driver's, and files in place of /sys and /proc.
 */
const gibibyte = 2 ** 30;
const tree = createMachineTree();
const environment: NodeJS.ProcessEnv = {};
const core = ownCore(environment);
let nvml: FakeNvml;

/** A number that no process has. */
const stranger = 4_100_000;
const machine: FakeState = {
  gpus: [fakeGpu(0, { memory_used: 19 * gibibyte }), fakeGpu(1)],
  processes: [{ gpu: 0, pid: stranger, bytes: 18 * gibibyte }],
};
/** The driver was unloaded: whatever is asked of it fails. */
const driverGone: FakeState = {
  ...machine,
  fail: ['nvmlInit_v2', 'nvmlDeviceGetCount_v2', 'nvmlDeviceGetMemoryInfo', 'nvmlDeviceGetUtilizationRates'].map((call) => ({
    call,
    code: 9,
  })),
};

beforeAll(async () => {
  nvml = await buildFakeNvml();
  nvml.write(machine);
  addProcessor(tree, serverCores);
  addNpu(tree, { index: 0, address: '0000:00:0b.0' });
  addFpga(tree, { index: 0 });
  Object.assign(environment, nvml.environment, tree.environment);
});

afterAll(() => {
  nvml.remove();
  tree.dispose();
});

const devices = async (): Promise<DeviceState[]> => {
  const { code, stdout, stderr } = await core.run('devices', '--json');
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { devices: DeviceState[] }).devices;
};

const whenDevice = async (id: string, isSo: (device: DeviceState) => boolean): Promise<DeviceState> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const all = await devices();
    const found = all.find((device) => device.id === id);
    if (found && isSo(found)) return found;
    if (Date.now() > deadline) throw new Error(`${id} did not become so: ${JSON.stringify(all)}`);
    await delay(200);
  }
};

const whenJob = async (id: number, isSo: (job: JobDetail) => boolean): Promise<JobDetail> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const job = await core.rest.ask<JobDetail>('GET', `/jobs/${id}`);
    if (isSo(job)) return job;
    if (Date.now() > deadline) throw new Error(`job ${id} did not become so: ${JSON.stringify(job.state)} ${job.sentence}`);
    await delay(100);
  }
};

/** Waits until somebody ends it. */
const command = (memoryBytes: number) => ({
  runtime: 'command',
  command: ['sleep', '600'],
  folder: '/',
  resources: { memoryBytes: 64 * 2 ** 20, device: { kind: 'gpu', memoryBytes }, on: ['gpu0'] },
});

const submit = async (job: unknown): Promise<number> => {
  const { ids } = await core.rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: [job] });
  return ids[0]!;
};

describe('the devices of a machine', () => {
  test('are listed with what they are and how they are, as programs want it', async () => {
    await whenDevice('gpu0', ({ processes, utilization }) => processes.length > 0 && utilization !== undefined);
    const all = await devices();
    expect(all.map(({ id, kind, state }) => [id, kind, state])).toEqual([
      ['cpu', 'cpu', 'ready'],
      ['gpu0', 'gpu', 'ready'],
      ['gpu1', 'gpu', 'ready'],
      ['npu0', 'npu', 'ready'],
      ['fpga0', 'fpga', 'ready'],
    ]);
    expect(all[0]).toMatchObject({ cores: 8, memory: { totalBytes: 16 * gibibyte } });
    expect(all[1]).toMatchObject({
      vendor: 'NVIDIA',
      name: 'NVIDIA H100 80GB HBM3',
      uuid: fakeUuid(0),
      pci: '0000:3b:00.0',
      driver: '550.54.15',
      memory: { totalBytes: 80 * gibibyte, usedBytes: 19 * gibibyte },
      utilization: 10,
      temperatureC: 41,
      processes: [{ pid: stranger, memoryBytes: 18 * gibibyte }],
    });
    expect(all[4]).not.toHaveProperty('memory');
    expect(all[4]).not.toHaveProperty('utilization');
  });

  test('are a table for people', async () => {
    const { stdout } = await core.run('devices');
    expect(stdout).toMatch(/^DEVICE +KIND +NAME +LOAD +MEMORY +TEMP +POWER +STATE +JOBS\n/);
    expect(stdout).toMatch(/^gpu1 +GPU +NVIDIA H100 80GB HBM3 +11 % +1\.1 GB of 85\.9 GB +41 °C +123 W +ready$/m);
    expect(stdout).toMatch(/^fpga0 +FPGA +Xilinx Zynq FPGA Manager +ready$/m);
  });

  test('keep their ids, what is drained and what is divided when the core is killed', async () => {
    expect(await core.run('devices', 'drain', 'gpu1', '--note', 'new fan')).toMatchObject({ code: 0 });
    expect(await core.run('devices', 'split', 'cpu', '--cores', '0-1,4', '--memory', '2GiB', '--name', 'side')).toMatchObject({ code: 0 });
    const { processId } = await core.rest.ask<Status>('GET', '/status');
    process.kill(processId, 'SIGKILL');
    while (existsSync(`/proc/${processId}`)) await delay(5);
    const facts = async () => (await devices()).map(({ id, state, parent, coreIds }) => [id, state, parent, coreIds]);
    // The new core answers before a driver that takes long.
    await expect.poll(facts, { interval: 200 }).toEqual([
      ['cpu', 'ready', undefined, [2, 3, 5, 6, 7]],
      ['side', 'ready', 'cpu', [0, 1, 4]],
      ['gpu0', 'ready', undefined, undefined],
      ['gpu1', 'drained', undefined, undefined],
      ['npu0', 'ready', undefined, undefined],
      ['fpga0', 'ready', undefined, undefined],
    ]);
    expect((await devices())[3]?.sentence).toBe('Drained by hand: new fan. Undrain it to give it work again.');
    expect((await core.run('devices', 'undrain', 'gpu1')).stderr).toBe('gpu1 gets work again.\n');
    expect((await core.run('devices', 'join', 'side')).stderr).toBe('side is given back to its device.\n');
    expect((await devices()).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'cpu ready',
      'gpu0 ready',
      'gpu1 ready',
      'npu0 ready',
      'fpga0 ready',
    ]);
  });

  test('are refused in words where a person is wrong', async () => {
    const refusals = await Promise.all([
      core.run('devices', 'drain', 'gpu9'),
      core.run('devices', 'split', 'gpu0', '--memory', '90GiB', '--name', 'most'),
      core.run('devices', 'split', 'gpu0', '--memory', '1GiB', '--name', 'Über'),
      core.run('devices', 'reserve', 'fpga0', '1GB'),
    ]);
    expect(refusals.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(refusals[0]?.stderr).toBe('There is no device gpu9; known are cpu, gpu0, gpu1, npu0, fpga0.\n');
    expect(refusals[1]?.stderr).toBe('gpu0 cannot give 96.6 GB; what is left of it is 85.9 GB.\n');
    expect(refusals[2]?.stderr).toContain('a name has 1 to 32 small letters, digits and dashes, a letter first');
    expect(refusals[3]?.stderr).toBe('fpga0 has no memory of its own.\n');
  });
});

describe('work on a device', () => {
  test('waits while another program holds its memory, says who, and starts at the release', async () => {
    await whenDevice('gpu0', ({ processes }) => processes.length > 0);
    const id = await submit(command(70 * gibibyte));
    const waiting = await whenJob(id, ({ wait }) => wait?.code === 'device-memory' && wait.values.foreign.length > 0);
    expect(waiting.sentence).toContain('Waits for 75.2 GB on gpu0, where 65.5 GB is free; not ours and holding memory:');
    expect(waiting.wait).toMatchObject({ values: { device: 'gpu0', foreign: [{ pid: stranger, bytes: 18 * gibibyte }] } });
    nvml.write({ gpus: [fakeGpu(0), fakeGpu(1)] });
    const running = await whenJob(id, ({ state }) => state.kind === 'running');
    if (running.state.kind !== 'running') throw new Error('it runs');
    expect(running.state.placement.accelerators).toMatchObject([{ device: 'gpu0', memoryBytes: 70 * gibibyte }]);
    await core.run('cancel', String(id));
  });

  test('ends with the reason when the driver is lost; the device comes back without a restart', async () => {
    nvml.write(machine);
    const id = await submit(command(gibibyte));
    await whenJob(id, ({ state }) => state.kind === 'running');
    const before = await core.rest.ask<Status>('GET', '/status');
    nvml.write(driverGone);
    const lost = await whenDevice('gpu0', ({ state }) => state === 'unhealthy');
    expect(lost).toMatchObject({ reason: { code: 'device-error' }, processes: [] });
    expect(lost.sentence).toMatch(/^It answers with an error \(the NVIDIA driver .+\)\. It is used again by itself once that is over\.$/);
    expect(lost).not.toHaveProperty('utilization');
    const ended = await whenJob(id, ({ state }) => state.kind === 'failed');
    expect(ended.state).toMatchObject({ reason: { code: 'device-lost', values: { device: 'gpu0' } } });
    const next = await submit(command(gibibyte));
    expect(await whenJob(next, ({ wait }) => wait !== undefined)).toMatchObject({ wait: { code: 'device-unusable' } });
    nvml.write(machine);
    await whenJob(next, ({ state }) => state.kind === 'running');
    expect((await whenDevice('gpu0', ({ state }) => state === 'ready')).uuid).toBe(fakeUuid(0));
    expect((await core.rest.ask<Status>('GET', '/status')).processId).toBe(before.processId);
    await core.run('cancel', String(next));
  });
});
