import { afterEach, describe, expect, test } from 'vitest';
import type { FoundDevice } from './ports.ts';
import { createFakeSampler, openTestCore, removeFolder, type FakeSampler, type TestCore } from './test-core.ts';

/* A core that starts while a driver has not answered yet, or hangs. */

let core: TestCore;
afterEach(async () => {
  await core.close();
  await removeFolder(core);
});

const gpu: FoundDevice = { key: 'GPU-1', kind: 'gpu', name: 'Test GPU', providers: [] };
const ranOn = { device: 'cpu', deviceName: 'Test CPU', cores: 1 };
const onGpu = { resources: { device: { kind: 'gpu' as const } } };
const silent = { kind: 'failed', probe: 'nvml', reason: { kind: 'silent', seconds: 3 } } as const;

/** Its first look at the devices ends when the test says so. */
const looking = (): { sampler: FakeSampler; looked: () => void } => {
  const looked = Promise.withResolvers<void>();
  const fake = createFakeSampler();
  const sampler: FakeSampler = {
    looked: looked.promise,
    onReport: fake.onReport,
    watchProcesses: fake.watchProcesses,
    report: fake.report,
    isWatched: false,
  };
  return { sampler, looked: looked.resolve };
};

const whyOf = async (id: number): Promise<unknown> => (await core.client.jobs.get({ id })).wait;

describe('while the devices are looked for', () => {
  test('the core is there and runs what needs none of them', async () => {
    const { sampler, looked } = looking();
    core = await openTestCore({ sampler });
    const [id = 0] = await core.submit({});
    const { end } = await core.command.started(1);
    end({ kind: 'succeeded', exitCode: 0, artifacts: [], ranOn });
    expect(await core.ended(id)).toMatchObject({ state: { kind: 'succeeded' } });
    looked();
  });

  test('who asks about devices is answered when the look is over', async () => {
    const { sampler, looked } = looking();
    core = await openTestCore({ sampler });
    const order: string[] = [];
    const asked = [
      core.client.devices.list().then(({ devices }) => order.push(`list of ${devices.length}`)),
      core.client.devices.drain({ id: 'gpu0' }).then(() => order.push('drained')),
      core.submit(onGpu).then(() => order.push('submitted')),
    ];
    await core.client.app.status();
    sampler.report({ kind: 'devices', probe: 'nvml', devices: [gpu] });
    await core.client.app.status();
    order.push('looked');
    looked();
    await Promise.all(asked);
    expect(order[0]).toBe('looked');
    expect(order.toSorted()).toEqual(['drained', 'list of 2', 'looked', 'submitted']);
  });
});

test('a job that waits for a device of an earlier core is told that it is looked for, then that its driver hangs, and runs once that answers', async () => {
  core = await openTestCore({ sampler: createFakeSampler(gpu) });
  await core.client.scheduler.pause();
  const [id = 0] = await core.submit({ resources: { ...onGpu.resources, on: ['gpu0'] } });
  await core.client.jobs.hold({ ids: [id] });
  await core.client.scheduler.resume();
  await core.close();

  const { sampler, looked } = looking();
  core = await openTestCore({ dataFolder: core.dataFolder, sampler });
  await core.client.jobs.release({ ids: [id] });
  expect(await whyOf(id)).toEqual({ code: 'device-unusable', values: { devices: ['gpu0'], why: { code: 'device-sought', values: {} } } });
  sampler.report(silent);
  looked();
  const why = { code: 'device-silent', values: { seconds: 3 } };
  await expect.poll(() => whyOf(id)).toEqual({ code: 'device-unusable', values: { devices: ['gpu0'], why } });
  sampler.report({ kind: 'devices', probe: 'nvml', devices: [gpu] });
  sampler.report({ kind: 'readings', at: Date.now(), readings: [['GPU-1', {}]] });
  const { run, end } = await core.command.started(1);
  expect(run.placement.accelerators).toMatchObject([{ device: 'gpu0' }]);
  end({ kind: 'succeeded', exitCode: 0, artifacts: [], ranOn });
  expect(await core.ended(id)).toMatchObject({ state: { kind: 'succeeded' } });
});
