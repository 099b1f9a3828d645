import { afterEach, describe, expect, test } from 'vitest';
import type { Device } from '../../shared/model/device.ts';
import type { FoundDevice, Measured } from './ports.ts';
import { createFakeSampler, gigabyte, openTestCore, removeFolder, type TestCore } from './test-core.ts';

const opened: TestCore[] = [];
afterEach(async () => {
  for (const test of opened.splice(0).toReversed()) {
    await test.close();
    await removeFolder(test);
    expect(test.bugs).toEqual([]);
  }
});

/** A core whose measurements end when the test says so; `asked` are the devices as they were handed over. */
const open = async (given: Omit<Parameters<typeof openTestCore>[0] & object, 'measureDevice'> = {}) => {
  const asked: { device: Device; end(measured: Measured): void }[] = [];
  const waiting: ((count: number) => void)[] = [];
  const core = await openTestCore({
    ...given,
    measureDevice: (device) =>
      new Promise((end) => {
        asked.push({ device, end });
        for (const tell of waiting) tell(asked.length);
      }),
  });
  opened.push(core);
  const begun = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (so: number): void => void (so >= count && resolve());
      waiting.push(look);
      look(asked.length);
    });
  const stateOf = async (id: string) => (await core.client.devices.list()).devices.find((device) => device.id === id);
  return { core, asked, begun, stateOf, measure: (id: string) => core.client.devices.measure({ id }) };
};

const figures = { gflops: 120.5, gbPerSecond: 17.25, threads: 2 };
const measured: Measured = { kind: 'measured', figures };
const gpu: FoundDevice = { key: 'GPU-1', kind: 'gpu', name: 'Test GPU', uuid: 'GPU-1', memoryTotalBytes: 24 * gigabyte, providers: [] };
const onGpu = { resources: { device: { kind: 'gpu' as const } } };

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (error: { data?: { reason?: unknown } }) => error.data?.reason,
  );

describe('a measured device', () => {
  test('shows its figures, also in the core after this one; before, it shows none', async () => {
    const { core, asked, begun, stateOf, measure } = await open({ now: () => 5000 });
    expect(await stateOf('cpu')).not.toHaveProperty('capability');
    const call = measure('cpu');
    await begun(1);
    asked[0]!.end(measured);
    expect(await call).toEqual({ ...figures, measuredAt: 5000 });
    expect(await stateOf('cpu')).toMatchObject({ state: 'ready', capability: { ...figures, measuredAt: 5000 } });
    await core.client.devices.drain({ id: 'cpu' });
    await core.client.devices.undrain({ id: 'cpu' });
    await core.close();
    const next = await open({ dataFolder: core.dataFolder });
    expect(await next.stateOf('cpu')).toMatchObject({ capability: { ...figures, measuredAt: 5000 } });
  });

  test('gets no work while it is measured, and all that waits afterwards', async () => {
    const { core, asked, begun, stateOf, measure } = await open();
    const call = measure('cpu');
    await begun(1);
    expect(await stateOf('cpu')).toMatchObject({ state: 'drained', reason: { code: 'device-measuring' } });
    const [id] = await core.submit({});
    const { wait } = await core.client.jobs.get({ id: id! });
    expect(wait).toEqual({ code: 'device-unusable', values: { devices: ['cpu'], why: { code: 'device-measuring', values: {} } } });
    expect(core.command.attempts).toEqual([]);
    asked[0]!.end(measured);
    await call;
    (await core.command.started(1)).end({ kind: 'succeeded', artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } });
    await core.ended(id!);
  });

  test('that is drained stays drained', async () => {
    const { core, asked, begun, stateOf, measure } = await open();
    await core.client.devices.drain({ id: 'cpu' });
    const call = measure('cpu');
    await begun(1);
    asked[0]!.end(measured);
    await call;
    expect(await stateOf('cpu')).toMatchObject({ state: 'drained', reason: { code: 'device-drained' }, capability: figures });
  });

  test('is measured once for all who ask meanwhile', async () => {
    const { asked, begun, measure } = await open();
    const calls = [measure('cpu'), measure('cpu')];
    await begun(1);
    asked[0]!.end(measured);
    const [first, second] = await Promise.all(calls);
    expect(second).toEqual(first);
    expect(asked).toHaveLength(1);
  });
});

describe('a share', () => {
  test('of a processor is measured on its own cores, with the others at work, and keeps its own figures', async () => {
    const { core, asked, begun, stateOf, measure } = await open({ cores: 4 });
    await core.client.devices.split({ id: 'cpu', name: 'side', coreIds: [1, 3] });
    const [id] = await core.submit({ resources: { on: ['cpu'] } });
    await core.command.started(1);
    const call = measure('side');
    await begun(1);
    expect(asked[0]!.device).toMatchObject({ id: 'side', kind: 'cpu', cores: 2, coreIds: [1, 3] });
    expect(await stateOf('side')).toMatchObject({ state: 'drained' });
    expect(await stateOf('cpu')).toMatchObject({ state: 'ready' });
    asked[0]!.end(measured);
    await call;
    expect(await stateOf('side')).toMatchObject({ capability: figures });
    expect(await stateOf('cpu')).not.toHaveProperty('capability');
    await core.client.jobs.cancel({ ids: [id!] });
    await core.ended(id!);
  });

  test('keeps its device from being measured while a job has it', async () => {
    const { core, measure } = await open({ cores: 4 });
    await core.client.devices.split({ id: 'cpu', name: 'side', coreIds: [1, 3] });
    const [id] = await core.submit({ name: 'train', resources: { on: ['side'] } });
    await core.command.started(1);
    const inUse = { code: 'device-in-use', values: { device: 'side', jobs: [{ id, name: 'train' }] } };
    expect(await refusalOf(measure('cpu'))).toEqual(inUse);
    expect(await refusalOf(measure('side'))).toEqual(inUse);
    await core.client.jobs.cancel({ ids: [id!] });
    await core.ended(id!);
  });

  test("of another device's memory computes with all of the device, and has its figures", async () => {
    const { core, asked, begun, stateOf, measure } = await open({ sampler: createFakeSampler(gpu) });
    await core.client.devices.split({ id: 'gpu0', name: 'half', memoryBytes: 12 * gigabyte });
    const call = measure('half');
    await begun(1);
    expect(asked[0]!.device).toMatchObject({ id: 'gpu0', kind: 'gpu' });
    expect(await stateOf('gpu0')).toMatchObject({ state: 'drained' });
    asked[0]!.end(measured);
    await call;
    for (const id of ['gpu0', 'half']) expect(await stateOf(id)).toMatchObject({ state: 'ready', capability: figures });
  });

  test('that is joined while it is measured takes its figures with it', async () => {
    const { core, asked, begun, stateOf, measure } = await open({ cores: 4 });
    await core.client.devices.split({ id: 'cpu', name: 'side', coreIds: [1, 3] });
    const call = measure('side');
    await begun(1);
    await core.client.devices.join({ id: 'side' });
    asked[0]!.end(measured);
    await call;
    expect((await core.client.devices.list()).devices.map(({ id }) => id)).toEqual(['cpu']);
    expect(await stateOf('cpu')).not.toHaveProperty('capability');
  });
});

describe('a device is not measured', () => {
  test('while a job has it, alone or beside others', async () => {
    const { core, asked, measure } = await open({ sampler: createFakeSampler(gpu) });
    const [id] = await core.submit({ name: 'train', ...onGpu });
    await core.command.started(1);
    const jobs = [{ id, name: 'train' }];
    expect(await refusalOf(measure('gpu0'))).toEqual({ code: 'device-in-use', values: { device: 'gpu0', jobs } });
    expect(await refusalOf(measure('cpu'))).toEqual({ code: 'device-in-use', values: { device: 'cpu', jobs } });
    await core.client.jobs.cancel({ ids: [id!] });
    await core.ended(id!);
    expect(asked).toEqual([]);
  });

  test('that is not there, or is lost', async () => {
    const { core, asked, measure } = await open({ sampler: createFakeSampler(gpu) });
    expect(await refusalOf(measure('gpu7'))).toEqual({ code: 'device-unknown', values: { device: 'gpu7', known: 'cpu, gpu0' } });
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: [] });
    const why = { code: 'device-gone', values: {} };
    expect(await refusalOf(measure('gpu0'))).toEqual({ code: 'device-not-measurable', values: { device: 'gpu0', why } });
    expect(asked).toEqual([]);
  });

  test('that no provider reaches, and gets work again at once', async () => {
    const { asked, begun, stateOf, measure } = await open({ sampler: createFakeSampler(gpu) });
    const known = { device: 'gpu0', known: 'cpu' };
    const refusal = refusalOf(measure('gpu0'));
    await begun(1);
    asked[0]!.end({ kind: 'refused', reason: { code: 'provider-unavailable', values: { ...known, kind: 'gpu' } } });
    expect(await refusal).toEqual({ code: 'measure-unreachable', values: known });
    const state = await stateOf('gpu0');
    expect(state).toMatchObject({ state: 'ready' });
    expect(state).not.toHaveProperty('capability');
  });

  test('whose hardware is partitioned; its partitions are', async () => {
    const partition = { ...gpu, key: 'MIG-1', uuid: 'MIG-1', parentKey: 'GPU-1' };
    const { asked, begun, measure } = await open({ sampler: createFakeSampler(gpu, partition) });
    expect(await refusalOf(measure('gpu0'))).toMatchObject({ code: 'input-invalid' });
    const call = measure('gpu0-mig0');
    await begun(1);
    expect(asked[0]!.device.id).toBe('gpu0-mig0');
    asked[0]!.end(measured);
    await call;
  });
});
