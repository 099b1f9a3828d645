import { expect, onTestFinished, test } from 'vitest';
import { addI915Gpu, addXeGpu } from '../../../../../e2e/fixtures/sysfs/devices.ts';
import { createMachineTree } from '../../../../../e2e/fixtures/sysfs/machine-tree.ts';
import { createClientLoads } from '../sysfs/client-load.ts';
import type { DrmUsage } from '../sysfs/drm-usage.ts';
import type { NodeUser } from '../sysfs/node-users.ts';
import { createRates } from '../sysfs/rates.ts';
import { openSystemFolder } from '../sysfs/system-folder.ts';
import { createIntelProbe } from './intel-probe.ts';

/** A probe that may not look into all processes. */
const guarded = () => {
  const tree = createMachineTree();
  onTestFinished(() => tree.dispose());
  let time = 0;
  const now = () => time;
  let users: NodeUser[] = [];
  const look = () => ({ users, isComplete: false });
  const fakeUsers = { scan: look, refresh: look, nameOf: () => undefined };
  const probe = createIntelProbe({
    sys: openSystemFolder(tree.sysfs),
    proc: openSystemFolder(tree.procfs),
    users: fakeUsers,
    rates: createRates(now),
    clientLoad: createClientLoads(fakeUsers, now),
    nameDevice: () => 'Arc',
  });
  return {
    tree,
    probe,
    pass: (ms: number) => (time += ms),
    use: (usage: DrmUsage) => (users = [{ pid: 1, node: '/dev/dri/renderD128', usage }]),
  };
};

test('where other processes are closed to us the time awake stands in for the load, and memory is not known', async () => {
  const { tree, probe, pass } = guarded();
  const key = '0000:05:00.0';
  const card = addXeGpu(tree, { index: 0, address: key });
  await probe.discover();
  await probe.sample();
  card.set('tile0/gt0/gtidle/idle_residency_ms', '100250\n');
  pass(1000);
  const reading = (await probe.sample()).get(key);
  expect(reading).toMatchObject({ utilization: 75 });
  expect(reading).not.toHaveProperty('memoryUsedBytes');
});

test('a processor’s graphics tell their sleep in another place', async () => {
  const { tree, probe, pass } = guarded();
  const key = '0000:00:02.0';
  const card = addI915Gpu(tree, { index: 0, address: key });
  await probe.discover();
  await probe.sample();
  card.set('drm/card0/gt/gt0/rc6_residency_ms', '71000\n');
  pass(1000);
  expect((await probe.sample()).get(key)).toEqual({ utilization: 0, frequencyMhz: 350 });
});

test('a client that we do see counts by what it did', async () => {
  const { tree, probe, pass, use } = guarded();
  const key = '0000:05:00.0';
  addXeGpu(tree, { index: 0, address: key });
  const client = (busyNs: number): DrmUsage => ({
    driver: 'xe',
    pci: key,
    clientId: '1',
    memoryBytes: 4096,
    engines: new Map([['ccs', { kind: 'time', busyNs, capacity: 1 }]]),
  });
  await probe.discover();
  use(client(0));
  await probe.sample();
  use(client(3e8));
  pass(1000);
  expect((await probe.sample()).get(key)).toMatchObject({ utilization: 30, memoryUsedBytes: 4096 });
});

test('memory of a card with two tiles is that of both', async () => {
  const { tree, probe } = guarded();
  addXeGpu(tree, {
    index: 0,
    address: '0000:05:00.0',
    files: { 'tile0/physical_vram_size_bytes': '0x100000\n', 'tile1/physical_vram_size_bytes': '1048576\n' },
  });
  expect(await probe.discover()).toMatchObject([{ memoryTotalBytes: 2 ** 21 }]);
});

test('of several power limits the first that is switched on counts', async () => {
  const { tree, probe } = guarded();
  addXeGpu(tree, {
    index: 0,
    address: '0000:05:00.0',
    files: { 'hwmon/hwmon6/power1_max': '0\n', 'hwmon/hwmon6/power1_rated_max': '225000000\n' },
  });
  expect(await probe.discover()).toMatchObject([{ powerLimitW: 225 }]);
});
