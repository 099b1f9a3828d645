import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachineTree } from '../../../../e2e/fixtures/sysfs/machine-tree.ts';
import { addCoreKinds, addPackageEnergy, addProcessor, hybridCores } from '../../../../e2e/fixtures/sysfs/processor.ts';
import { createLifetime } from '../../lib/lifetime.ts';
import { createCpuProbe } from './cpu-probe.ts';

const GiB = 2 ** 30;

/** A machine made of files under a temporary /proc and /sys, and the probe that reads it. */
const machine = (files: Record<string, string>) => {
  const root = mkdtempSync(join(tmpdir(), 'switchyard-probe-'));
  const lifetime = createLifetime();
  onTestFinished(async () => {
    await lifetime.dispose();
    rmSync(root, { recursive: true });
  });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  let time = 1_000_000;
  const environment = { SWITCHYARD_PROCFS: join(root, 'proc'), SWITCHYARD_SYSFS: join(root, 'sys') };
  const dataFolder = join(root, 'data');
  mkdirSync(dataFolder);
  const probe = createCpuProbe({ dataFolder, lifetime, now: () => time, environment });
  return { probe, write, dataFolder, pass: (ms: number) => (time += ms) };
};

const plain = {
  'proc/stat': 'cpu  100 0 0 300 0 0 0 0 0 0\ncpu0 100 0 0 100 0 0 0 0 0 0\ncpu1 0 0 0 200 0 0 0 0 0 0\nintr 1\n',
  'proc/meminfo': `MemTotal: ${16 * 1024 * 1024} kB\nMemAvailable: ${12 * 1024 * 1024} kB\n`,
  'proc/cpuinfo': 'processor : 0\nvendor_id : AuthenticAMD\nmodel name : AMD Ryzen 5\ncpu MHz : 3000\nphysical id : 0\ncore id : 0\n',
  'proc/self/status': 'Cpus_allowed_list:\t0-1\n',
  'proc/self/cgroup': '0::/\n',
};

describe('a machine', () => {
  test('is one device with its facts', async () => {
    const { probe } = machine(plain);
    expect(await probe.discover()).toEqual([
      {
        id: 'cpu',
        kind: 'cpu',
        name: 'AMD Ryzen 5',
        vendor: 'AMD',
        cores: 2,
        physicalCores: 1,
        memoryTotalBytes: 16 * GiB,
        providers: ['cpu'],
      },
    ]);
  });

  test('is measured between one sample and the next', async () => {
    const { probe, write, pass, dataFolder } = machine({
      ...plain,
      'sys/class/hwmon/hwmon0/name': 'k10temp\n',
      'sys/class/hwmon/hwmon0/temp1_input': '61250\n',
      'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '4000000\n',
      'sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': '2000000\n',
    });
    await probe.discover();
    write('proc/stat', 'cpu  150 0 0 350 0 0 0 0 0 0\ncpu0 150 0 0 100 0 0 0 0 0 0\ncpu1 0 0 0 250 0 0 0 0 0 0\nintr 1\n');
    pass(1000);
    const { blocks, bsize } = statfsSync(dataFolder);
    const { diskFreeBytes, ...sample } = probe.sample();
    expect(sample).toEqual({
      at: 1_001_000,
      cpuPercent: 50,
      corePercents: [100, 0],
      frequencyMhz: 3000,
      temperatureC: 61.25,
      memoryTotalBytes: 16 * GiB,
      memoryUsedBytes: 4 * GiB,
      diskTotalBytes: blocks * bsize,
    });
    expect(diskFreeBytes).toBeGreaterThan(0);
  });

  test('has no percentages before there are two readings', () => {
    const { probe } = machine(plain);
    expect(probe.sample()).not.toHaveProperty('cpuPercent');
    expect(probe.sample()).not.toHaveProperty('corePercents');
  });

  test('without readable files still gives the time, and one device', async () => {
    const { probe, dataFolder } = machine({});
    rmSync(dataFolder, { recursive: true });
    expect(await probe.discover()).toEqual([{ id: 'cpu', kind: 'cpu', name: 'CPU', cores: 1, providers: ['cpu'] }]);
    expect(probe.sample()).toEqual({ at: 1_000_000 });
  });

  test('loses only the field whose file stops to answer', async () => {
    const { probe, write } = machine(plain);
    await probe.discover();
    write('proc/meminfo', 'garbage');
    write('proc/stat', 'cpu  150 0 0 350 0 0 0 0 0 0\n');
    const sample = probe.sample();
    expect(sample).toMatchObject({ cpuPercent: 50, frequencyMhz: 3000 });
    expect(sample).not.toHaveProperty('memoryTotalBytes');
  });
});

describe('a control group', () => {
  test('lowers cores and memory to what it allows, and file pages count as free', async () => {
    const { probe } = machine({
      ...plain,
      'proc/self/cgroup': '0::/slice/ours\n',
      'sys/fs/cgroup/slice/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/slice/ours/memory.max': `${4 * GiB}\n`,
      'sys/fs/cgroup/slice/ours/memory.current': `${3 * GiB}\n`,
      'sys/fs/cgroup/slice/ours/memory.stat': `anon 1\ninactive_file ${GiB}\n`,
    });
    expect((await probe.discover())[0]).toMatchObject({ cores: 1, memoryTotalBytes: 4 * GiB });
    expect(probe.sample()).toMatchObject({ memoryTotalBytes: 4 * GiB, memoryUsedBytes: 2 * GiB });
  });

  test('of less than one core still leaves one', async () => {
    const { probe } = machine({ ...plain, 'sys/fs/cgroup/cpu.max': '20000 100000\n' });
    expect((await probe.discover())[0]?.cores).toBe(1);
  });

  test('that allows more than there is changes nothing', async () => {
    const { probe } = machine({ ...plain, 'sys/fs/cgroup/cpu.max': '800000 100000\n', 'sys/fs/cgroup/memory.max': `${64 * GiB}\n` });
    expect((await probe.discover())[0]).toMatchObject({ cores: 2, memoryTotalBytes: 16 * GiB });
  });
});

describe('cores of our own', () => {
  test('are those that the affinity mask leaves', async () => {
    const { probe } = machine({ ...plain, 'proc/self/status': 'Cpus_allowed_list:\t1\n' });
    expect((await probe.discover())[0]).toMatchObject({ cores: 1, coreIds: [1] });
  });

  test('are those that the groups leave of them, of either version', async () => {
    const stat = ['cpu  0 0 0 1', 'cpu0 0 0 0 1', 'cpu1 0 0 0 1', 'cpu2 0 0 0 1', 'cpu3 0 0 0 1', 'intr 1\n'].join('\n');
    const four = { ...plain, 'proc/stat': stat, 'proc/self/status': 'Cpus_allowed_list:\t0-2\n' };
    const second = machine({ ...four, 'proc/self/cgroup': '0::/a\n', 'sys/fs/cgroup/a/cpuset.cpus.effective': '2-3\n' });
    expect((await second.probe.discover())[0]).toMatchObject({ cores: 1, coreIds: [2] });
    const first = machine({ ...four, 'proc/self/cgroup': '4:cpuset:/a\n', 'sys/fs/cgroup/cpuset/a/cpuset.cpus': '1-3\n' });
    expect((await first.probe.discover())[0]).toMatchObject({ cores: 2, coreIds: [1, 2] });
  });

  test('are not listed when they are all, or when only time is limited', async () => {
    expect((await machine(plain).probe.discover())[0]).not.toHaveProperty('coreIds');
    const timed = (await machine({ ...plain, 'sys/fs/cgroup/cpu.max': '100000 100000\n' }).probe.discover())[0];
    expect(timed).toMatchObject({ cores: 1 });
    expect(timed).not.toHaveProperty('coreIds');
  });

  test('that are switched off do not count', async () => {
    const { probe } = machine({ ...plain, 'proc/self/status': 'Cpus_allowed_list:\t0-7\n' });
    const [device] = await probe.discover();
    expect(device?.cores).toBe(2);
    expect(device).not.toHaveProperty('coreIds');
  });
});

test.each([
  { fuller: 'further up', above: 7.5, own: 1 },
  { fuller: 'our own', above: 5, own: 3.5 },
])('of two groups the fuller one leaves less: $fuller', ({ above, own }) => {
  const { probe } = machine({
    ...plain,
    'proc/self/cgroup': '0::/slice/ours\n',
    'sys/fs/cgroup/slice/memory.max': `${8 * GiB}\n`,
    'sys/fs/cgroup/slice/memory.current': `${above * GiB}\n`,
    'sys/fs/cgroup/slice/ours/memory.max': `${4 * GiB}\n`,
    'sys/fs/cgroup/slice/ours/memory.current': `${own * GiB}\n`,
  });
  expect(probe.memory()).toEqual({ memoryTotalBytes: 4 * GiB, memoryUsedBytes: 3.5 * GiB });
});

describe('the energy of the packages', () => {
  const server = (microjoules: readonly number[], range?: number) => {
    const { tree, ...rest } = treeMachine();
    addPackageEnergy(tree, microjoules, range);
    return { tree, ...rest };
  };

  test('gives the power of all of them', async () => {
    const { tree, probe, pass } = server([5_000_000, 1_000_000]);
    const watched = probe();
    await watched.discover();
    tree.write('sys/class/powercap/intel-rapl:0/energy_uj', '65000000\n');
    tree.write('sys/class/powercap/intel-rapl:1/energy_uj', '41000000\n');
    // The same energy by another way, which must not count twice.
    tree.write('sys/class/powercap/intel-rapl-mmio:0/energy_uj', '65000000\n');
    pass(1000);
    expect(watched.sample()).toMatchObject({ powerW: 100 });
  });

  test('goes on over the end of its range', async () => {
    const { tree, probe, pass } = server([99_000_000], 100_000_000);
    const watched = probe();
    await watched.discover();
    tree.write('sys/class/powercap/intel-rapl:0/energy_uj', '9000000\n');
    pass(1000);
    expect(watched.sample()).toMatchObject({ powerW: 10 });
  });

  test('of one package is not taken for that of both', async () => {
    const { tree, probe, pass } = server([5_000_000, 1_000_000]);
    const watched = probe();
    await watched.discover();
    tree.write('sys/class/powercap/intel-rapl:0/energy_uj', '65000000\n');
    tree.write('sys/class/powercap/intel-rapl:1/energy_uj', 'garbage');
    pass(1000);
    expect(watched.sample()).not.toHaveProperty('powerW');
  });

  test('is absent where there are no counters', async () => {
    const { probe, pass } = treeMachine();
    const watched = probe();
    await watched.discover();
    pass(1000);
    expect(watched.sample()).not.toHaveProperty('powerW');
  });
});

test('a processor of two kinds of core says which are which', async () => {
  const { tree, probe } = treeMachine();
  addCoreKinds(tree);
  expect((await probe().discover())[0]).toMatchObject({
    cores: 8,
    physicalCores: 6,
    topology: { sockets: 1, threadsPerCore: 2, performanceCoreIds: [0, 1, 2, 3], efficiencyCoreIds: [4, 5, 6, 7] },
  });
});

/** A machine with the processor of a laptop, as other tests have it. */
const treeMachine = () => {
  const tree = createMachineTree();
  const lifetime = createLifetime();
  onTestFinished(async () => {
    await lifetime.dispose();
    tree.dispose();
  });
  addProcessor(tree, hybridCores);
  let time = 1_000_000;
  const probe = () => createCpuProbe({ dataFolder: tree.root, lifetime, now: () => time, environment: { ...tree.environment } });
  return { tree, probe, pass: (ms: number) => (time += ms) };
};

test('this very machine has cores, memory and a disk', async () => {
  const lifetime = createLifetime();
  onTestFinished(() => lifetime.dispose());
  const probe = createCpuProbe({ dataFolder: tmpdir(), lifetime, now: Date.now, environment: {} });
  const [device] = await probe.discover();
  expect(device).toMatchObject({ id: 'cpu', kind: 'cpu' });
  expect(device?.memoryTotalBytes).toBeGreaterThan(GiB / 4);
  const sample = probe.sample();
  expect(sample.memoryUsedBytes).toBeLessThan(sample.memoryTotalBytes ?? 0);
  expect(sample.diskFreeBytes).toBeLessThanOrEqual(sample.diskTotalBytes ?? 0);
});
