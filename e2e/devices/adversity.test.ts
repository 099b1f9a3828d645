import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { buildFakeNvml, fakeGpu, type FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { createMachineTree } from '../fixtures/sysfs/machine-tree.ts';
import { ownCore, type OwnCore } from '../own-core.ts';

/* What drivers do to a whole core, and what people, programs and Prometheus are told meanwhile. */

const gibibyte = 2 ** 30;
const soon = { interval: 200 };
const tree = createMachineTree();
afterAll(() => tree.dispose());

const fakes: FakeNvml[] = [];
afterAll(() => fakes.forEach((fake) => fake.remove()));

/** A core of its own whose GPUs a library of ours tells. */
const coreWithNvml = (): { core: OwnCore; write: FakeNvml['write'] } => {
  const environment: NodeJS.ProcessEnv = { SWITCHYARD_SYSFS: tree.sysfs };
  let nvml: FakeNvml | undefined;
  beforeAll(async () => {
    nvml = await buildFakeNvml();
    fakes.push(nvml);
    Object.assign(environment, nvml.environment);
  });
  return { core: ownCore(environment), write: (state) => nvml?.write(state) };
};

const devicesOf = async (core: OwnCore): Promise<DeviceState[]> => {
  const { code, stdout, stderr } = await core.run('devices', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { devices: DeviceState[] }).devices;
};

const deviceOf = async (core: OwnCore, id: string): Promise<DeviceState | undefined> =>
  (await devicesOf(core)).find((device) => device.id === id);

const metricsOf = async (core: OwnCore): Promise<string> => {
  const { token, address } = JSON.parse((await core.run('token', '--json')).stdout) as { token: string; address: string };
  const reply = await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(reply.status).toBe(200);
  return reply.text();
};

const labels = (index: number): string => `device="gpu${index}",kind="gpu",name="NVIDIA H100 80GB HBM3"`;
const jobOf = (core: OwnCore, id: number): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);

const add = async (core: OwnCore, ...words: string[]): Promise<number> => {
  const { code, stdout, stderr } = await core.run('add', '--memory', '64MB', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(stdout);
};

describe('a driver without GPUs', () => {
  const { core } = coreWithNvml();

  test('leaves the processor, and a GPU that is asked for is refused', async () => {
    expect((await devicesOf(core)).map(({ id }) => id)).toEqual(['cpu']);
    expect((await core.run('devices')).stdout).toMatch(/^DEVICE .*\ncpu +CPU .*\n$/);
    expect(await metricsOf(core)).not.toContain('kind="gpu"');
    const { code, stderr } = await core.run('add', '--device', 'gpu:1', '--', 'true');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^It asks for 1 GPU.*this machine has 0\..*\n$/) });
    expect((await core.run('status')).code).toBe(0);
  });
});

describe('sixteen GPUs', () => {
  const { core, write } = coreWithNvml();
  const gpus = Array.from({ length: 16 }, (_, index) => fakeGpu(index, index === 3 ? { memory_used: 80 * gibibyte } : {}));
  beforeAll(() => write({ gpus }));

  test('are all there, numbered by their addresses, for people, programs and Prometheus', async () => {
    await expect.poll(() => deviceOf(core, 'gpu15'), soon).toMatchObject({ utilization: 25, pci: '0000:4a:00.0' });
    const ids = gpus.map((_, index) => `gpu${index}`);
    expect((await devicesOf(core)).map(({ id }) => id)).toEqual(['cpu', ...ids]);
    expect((await core.run('devices')).stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['DEVICE', 'cpu', ...ids, '']);
    const text = await metricsOf(core);
    for (const index of gpus.keys()) expect(text).toContain(`switchyard_device_state{${labels(index)},state="ready"} 1\n`);
  });

  test('of which one has not one byte free: it is ready and full, and what is to run there says so', async () => {
    await expect
      .poll(() => deviceOf(core, 'gpu3'), soon)
      .toMatchObject({ state: 'ready', memory: { totalBytes: 80 * gibibyte, usedBytes: 80 * gibibyte } });
    expect((await core.run('devices')).stdout).toMatch(/^gpu3 .* 85\.9 GB of 85\.9 GB .* ready$/m);
    const id = await add(core, '--device', 'gpu', '--device-memory', '1GB', '--on', 'gpu3', '--', 'true');
    await expect
      .poll(() => jobOf(core, id), soon)
      .toMatchObject({
        state: { kind: 'pending' },
        wait: { code: 'device-memory', values: { device: 'gpu3', needBytes: 1e9, freeBytes: 0 } },
      });
    expect((await core.run('status', String(id))).stdout).toContain('Waits for 1.0 GB on gpu3, where 0 B is free');
    const elsewhere = await add(core, '--device', 'gpu', '--device-memory', '1GB', '--', 'true');
    await expect.poll(() => jobOf(core, elsewhere), soon).toMatchObject({ state: { kind: 'succeeded' } });
    write({ gpus: gpus.map((gpu) => ({ ...gpu, memory_used: 0 })) });
    await expect.poll(() => jobOf(core, id), soon).toMatchObject({ state: { kind: 'succeeded' } });
  });
});

describe('a driver that fails in parts', () => {
  const { core, write } = coreWithNvml();
  const gpus = [fakeGpu(0), fakeGpu(1)];
  beforeAll(() => write({ gpus }));

  test('loses one figure where one call fails, and no more', async () => {
    await expect.poll(() => deviceOf(core, 'gpu0'), soon).toMatchObject({ temperatureC: 41, utilization: 10 });
    write({ gpus, fail: [{ call: 'nvmlDeviceGetTemperature', gpu: 0, code: 999 }] });
    await expect.poll(() => deviceOf(core, 'gpu0'), soon).not.toHaveProperty('temperatureC');
    expect(await devicesOf(core)).toMatchObject([
      { id: 'cpu' },
      { id: 'gpu0', state: 'ready', utilization: 10, powerW: 123.456 },
      { id: 'gpu1', state: 'ready', temperatureC: 41 },
    ]);
    expect((await core.run('devices')).stdout).toMatch(/^gpu0 +GPU +NVIDIA H100 80GB HBM3 +10 % +1\.1 GB of 85\.9 GB +123 W +ready$/m);
    const text = await metricsOf(core);
    expect(text).not.toContain(`switchyard_device_temperature_celsius{${labels(0)}}`);
    expect(text).toContain(`switchyard_device_temperature_celsius{${labels(1)}} 41\n`);
    write({ gpus });
    await expect.poll(() => deviceOf(core, 'gpu0'), soon).toMatchObject({ temperatureC: 41 });
  });

  test('hangs: everybody is answered at once, work goes on, nothing new is given to it', async () => {
    const running = await add(core, '--device', 'gpu', '--on', 'gpu0', '--', 'sleep', '600');
    await expect.poll(() => jobOf(core, running), soon).toMatchObject({ state: { kind: 'running' } });
    write({ gpus, hang: [{ call: 'nvmlDeviceGetPowerUsage' }] });
    // Beside a question that has nothing to do with drivers, asked of the same machine at the same time.
    let isHanging = true;
    const countAnswers = async (path: string): Promise<number> => {
      let answers = 0;
      for (; isHanging; answers += 1) {
        await core.rest.ask('GET', path);
        await delay(20);
      }
      return answers;
    };
    const counting = Promise.all([countAnswers('/devices'), countAnswers('/status')]);
    const isSilent = {
      state: 'unhealthy',
      reason: { code: 'device-silent' },
      sentence: expect.stringMatching(/^It has not answered for \d.* s\./) as string,
    };
    await expect.poll(() => deviceOf(core, 'gpu1'), soon).toMatchObject(isSilent);
    expect(await deviceOf(core, 'gpu1')).not.toHaveProperty('utilization');
    const id = await add(core, '--device', 'gpu', '--on', 'gpu1', '--', 'true');
    isHanging = false;
    const [ofDevices, ofStatus] = await counting;
    expect(ofDevices).toBeGreaterThan(ofStatus / 3);
    expect(await jobOf(core, id)).toMatchObject({ wait: { code: 'device-unusable', values: { devices: ['gpu1'] } } });
    const sentence = 'Waits for gpu1: It has not answered for';
    expect((await core.run('status', String(id))).stdout).toContain(sentence);
    expect((await core.run('devices')).stdout).toMatch(/^gpu1 .* unhealthy$/m);
    expect(await metricsOf(core)).toContain(`switchyard_device_state{${labels(1)},state="unhealthy"} 1\n`);
    expect((await jobOf(core, running)).state.kind).toBe('running');
    write({ gpus });
    await expect.poll(() => jobOf(core, id), soon).toMatchObject({ state: { kind: 'succeeded' } });
    expect((await jobOf(core, running)).state.kind).toBe('running');
    expect(await deviceOf(core, 'gpu0')).toMatchObject({ state: 'ready' });
    await core.run('cancel', String(running));
  });

  test('is lost: people, programs and Prometheus learn it, and that it is back', async () => {
    write({ gpus: [], fail: ['nvmlInit_v2', 'nvmlDeviceGetCount_v2', 'nvmlDeviceGetUtilizationRates'].map((call) => ({ call, code: 9 })) });
    await expect.poll(() => deviceOf(core, 'gpu0'), soon).toMatchObject({ state: 'unhealthy', reason: { code: 'device-error' } });
    expect((await core.run('devices')).stdout).toMatch(/^gpu0 .* unhealthy$/m);
    const text = await metricsOf(core);
    expect(text).toContain(`switchyard_device_state{${labels(0)},state="unhealthy"} 1\n`);
    expect(text).not.toContain(`switchyard_device_utilization_ratio{${labels(0)}}`);
    const id = await add(core, '--device', 'gpu', '--', 'true');
    await expect.poll(() => jobOf(core, id), soon).toMatchObject({ wait: { code: 'device-unusable' } });
    expect((await core.run('status')).stdout).toContain('It answers with an error');
    write({ gpus });
    await expect.poll(() => jobOf(core, id), soon).toMatchObject({ state: { kind: 'succeeded' } });
    expect(await metricsOf(core)).toContain(`switchyard_device_state{${labels(0)},state="ready"} 1\n`);
  });
});
