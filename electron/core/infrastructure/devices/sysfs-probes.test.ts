import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addAlveo, addAmdGpu, addCard, addFpga, addI915Gpu, addNpu, addXeGpu } from '../../../../e2e/fixtures/sysfs/devices.ts';
import { createMachineTree } from '../../../../e2e/fixtures/sysfs/machine-tree.ts';
import { addProcess } from '../../../../e2e/fixtures/sysfs/processes.ts';
import type { AcceleratorProbe } from '../../ports.ts';
import { createSysfsProbes } from './sysfs-probes.ts';

const GiB = 2 ** 30;
const MiB = 2 ** 20;

/** A machine of files with a clock of its own, and its probes asked as the sampler asks them. */
const machine = () => {
  const tree = createMachineTree();
  onTestFinished(() => tree.dispose());
  tree.write('proc/sys/kernel/osrelease', '6.12.9\n');
  let time = 1000;
  const probes = createSysfsProbes({
    sysfs: tree.sysfs,
    procfs: tree.procfs,
    pciIds: [],
    now: () => time,
    run: () => Promise.reject(new Error('not installed')),
  });
  const collect = async <T>(ask: (probe: AcceleratorProbe) => Promise<Iterable<T>>): Promise<T[]> =>
    (await Promise.all(probes.map(async (probe) => [...(await ask(probe))]))).flat();
  return {
    tree,
    discover: () => collect((probe) => probe.discover()),
    sample: async () => Object.fromEntries(await collect((probe) => probe.sample())),
    processes: async () => Object.fromEntries(await collect((probe) => probe.processes())),
    close: () => probes.forEach((probe) => probe.close()),
    pass: (ms: number) => (time += ms),
  };
};

describe('AMD', () => {
  const uuid = 'GPU-5f0e8c1d2b3a4000';

  test('two cards are two devices with all their facts', async () => {
    const { tree, discover } = machine();
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    addAmdGpu(tree, { index: 1, address: '0000:04:00.0' });
    const [one, other] = await discover();
    expect(one).toEqual({
      key: uuid,
      kind: 'gpu',
      name: 'AMD Radeon PRO W7900',
      vendor: 'AMD',
      uuid,
      pci: '0000:03:00.0',
      driver: 'amdgpu (Linux 6.12.9)',
      memoryTotalBytes: 24 * GiB,
      powerLimitW: 295,
      providers: [],
      nodes: ['/dev/dri/renderD128', '/dev/kfd'],
    });
    expect(other).toMatchObject({ key: 'GPU-5f0e8c1d2b3a4100', pci: '0000:04:00.0', nodes: ['/dev/dri/renderD129', '/dev/kfd'] });
  });

  test('are measured in our units', async () => {
    const { tree, discover, sample } = machine();
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    await discover();
    expect(await sample()).toEqual({
      [uuid]: {
        utilization: 37,
        memoryUsedBytes: 6 * GiB,
        memoryUtilization: 12,
        powerW: 142,
        temperatureC: 54,
        frequencyMhz: 2100,
        memoryFrequencyMhz: 1249,
        eccErrors: 0,
        fanPercent: 20,
      },
    });
  });

  test('lose with a file its field, and without any the card is still there', async () => {
    const { tree, discover, sample } = machine();
    const card = addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    for (const file of [
      'product_name',
      'unique_id',
      'mem_info_vram_total',
      'gpu_busy_percent',
      'hwmon',
      'pp_dpm_sclk',
      'pp_dpm_mclk',
      'ras',
      'driver',
      'uevent',
    ]) {
      tree.remove(`${card.folder}/${file}`);
    }
    expect(await discover()).toEqual([
      {
        key: '0000:03:00.0',
        kind: 'gpu',
        name: 'AMD GPU [1002:744c]',
        vendor: 'AMD',
        pci: '0000:03:00.0',
        providers: [],
        nodes: ['/dev/dri/renderD128', '/dev/kfd'],
      },
    ]);
    expect(await sample()).toEqual({ '0000:03:00.0': { memoryUsedBytes: 6 * GiB, memoryUtilization: 12 } });
  });

  test('files that are empty or hold garbage lose their field only', async () => {
    const { tree, discover, sample } = machine();
    const card = addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    const broken = {
      gpu_busy_percent: '',
      mem_busy_percent: '400\n',
      mem_info_vram_total: '0\n',
      mem_info_vram_used: 'seven\n',
      product_name: '\n',
      unique_id: '\0\u00ff\n',
      'hwmon/hwmon3/temp1_input': 'N/A\n',
      'hwmon/hwmon3/power1_average': '1e9\n',
      'hwmon/hwmon3/power1_cap': '',
    };
    for (const [file, text] of Object.entries(broken)) card.set(file, text);
    const [device] = await discover();
    expect(device).toMatchObject({ key: '0000:03:00.0', name: 'AMD GPU [1002:744c]' });
    expect(device).not.toHaveProperty('memoryTotalBytes');
    expect(device).not.toHaveProperty('powerLimitW');
    expect(await sample()).toEqual({
      '0000:03:00.0': { frequencyMhz: 2100, memoryFrequencyMhz: 1249, eccErrors: 0, fanPercent: 20 },
    });
  });

  test('that vanish are told apart from those that stay, and are back without a restart', async () => {
    const { tree, discover, sample } = machine();
    const first = addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    addAmdGpu(tree, { index: 1, address: '0000:04:00.0' });
    await discover();
    first.vanish();
    const after = await sample();
    expect(after[uuid]).toEqual({ error: 'the device is no longer there' });
    expect(after['GPU-5f0e8c1d2b3a4100']).toMatchObject({ utilization: 37 });
    expect(await discover()).toHaveLength(1);
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    expect(await discover()).toHaveLength(2);
    expect((await sample())[uuid]).toMatchObject({ utilization: 37 });
  });

  test('with the same number are known by their places on the bus', async () => {
    const { tree, discover, sample } = machine();
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0', uniqueId: '00000000000000ff' });
    addAmdGpu(tree, { index: 1, address: '0000:04:00.0', uniqueId: '00000000000000ff' });
    expect((await discover()).map(({ key }) => key)).toEqual(['0000:03:00.0', '0000:04:00.0']);
    expect(Object.keys(await sample())).toEqual(['0000:03:00.0', '0000:04:00.0']);
  });

  test('without a file for their load have the load of their clients', async () => {
    const { tree, discover, sample, pass } = machine();
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0' }).set('gpu_busy_percent', '');
    const work = (ns: number): void =>
      addProcess(tree, 300, 'python3', [
        { node: '/dev/dri/renderD128', drm: { driver: 'amdgpu', pdev: '0000:03:00.0', 'client-id': '7', 'engine-compute': `${ns} ns` } },
      ]);
    work(0);
    await discover();
    await sample();
    work(8e8);
    pass(1000);
    expect((await sample())[uuid]).toMatchObject({ utilization: 80 });
  });

  test('that sleep are left asleep', async () => {
    const { tree, discover, sample } = machine();
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0' }).set('power/runtime_status', 'suspended\n');
    await discover();
    expect(await sample()).toEqual({ [uuid]: { utilization: 0 } });
  });

  test('know their processes and what each holds', async () => {
    const { tree, discover, processes } = machine();
    addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
    addAmdGpu(tree, { index: 1, address: '0000:04:00.0' });
    const client = (pci: string, id: string, memory: string) => ({
      node: '/dev/dri/renderD128',
      drm: { driver: 'amdgpu', pdev: pci, 'client-id': id, 'memory-vram': memory },
    });
    addProcess(tree, 300, 'desktop', [client('0000:03:00.0', '7', '10 MiB')]);
    // A copy of the same open file counts once.
    addProcess(tree, 301, 'python3', [
      client('0000:03:00.0', '8', '2048 MiB'),
      client('0000:03:00.0', '8', '2048 MiB'),
      client('0000:04:00.0', '9', '1 GiB'),
    ]);
    addProcess(tree, 302, 'editor', []);
    await discover();
    expect(await processes()).toEqual({
      [uuid]: [
        { pid: 301, name: 'python3', memoryBytes: 2 * GiB },
        { pid: 300, name: 'desktop', memoryBytes: 10 * MiB },
      ],
      'GPU-5f0e8c1d2b3a4100': [{ pid: 301, name: 'python3', memoryBytes: GiB }],
    });
  });
});

describe('Intel', () => {
  const arc = '0000:05:00.0';
  const client = (busy: number, total: number, memory = '512 MiB') => ({
    node: '/dev/dri/renderD128',
    drm: {
      driver: 'xe',
      pdev: arc,
      'client-id': '4',
      'total-vram0': memory,
      'resident-vram0': memory,
      'cycles-rcs': `${busy}`,
      'total-cycles-rcs': `${total}`,
    },
  });

  test('an Arc card has memory and a power limit', async () => {
    const { tree, discover } = machine();
    addXeGpu(tree, { index: 0, address: arc });
    expect(await discover()).toEqual([
      {
        key: arc,
        kind: 'gpu',
        name: 'Intel GPU [8086:e20b]',
        vendor: 'Intel',
        pci: arc,
        driver: 'xe (Linux 6.12.9)',
        memoryTotalBytes: 16 * GiB,
        powerLimitW: 190,
        providers: [],
        nodes: ['/dev/dri/renderD128'],
      },
    ]);
  });

  test('load and power are what changed between two samples, memory is what the clients hold', async () => {
    const { tree, discover, sample, pass } = machine();
    const card = addXeGpu(tree, { index: 0, address: arc });
    addProcess(tree, 400, 'python3', [client(1000, 100_000)]);
    await discover();
    const unchanging = { energyJ: 5, temperatureC: 48, frequencyMhz: 2400, memoryUsedBytes: 512 * MiB };
    expect(await sample()).toEqual({ [arc]: unchanging });
    card.set('hwmon/hwmon6/energy1_input', '65000000\n');
    addProcess(tree, 400, 'python3', [client(41_000, 200_000)]);
    pass(1000);
    expect(await sample()).toEqual({ [arc]: { ...unchanging, energyJ: 65, powerW: 60, utilization: 40 } });
  });

  test('a look for devices between two samples costs no measurement', async () => {
    const { tree, discover, sample, pass } = machine();
    const card = addXeGpu(tree, { index: 0, address: arc });
    await discover();
    await sample();
    await discover();
    pass(1000);
    card.set('hwmon/hwmon6/energy1_input', '35000000\n');
    expect((await sample())[arc]).toMatchObject({ powerW: 30, utilization: 0 });
  });

  test('a client that begins later counts from its second sample on', async () => {
    const { tree, discover, sample, pass } = machine();
    addXeGpu(tree, { index: 0, address: arc });
    await discover();
    await sample();
    addProcess(tree, 400, 'python3', [client(50_000, 100_000)]);
    pass(5000);
    expect((await sample())[arc]).not.toHaveProperty('utilization');
    addProcess(tree, 400, 'python3', [client(100_000, 200_000)]);
    pass(1000);
    expect((await sample())[arc]).toMatchObject({ utilization: 50 });
  });

  test('graphics of a processor have no memory of their own', async () => {
    const { tree, discover, sample, processes } = machine();
    const address = '0000:00:02.0';
    addI915Gpu(tree, { index: 0, address });
    addProcess(tree, 500, 'desktop', [{ node: '/dev/dri/card0', drm: { driver: 'i915', 'total-system0': '9 MiB' } }]);
    const [device] = await discover();
    expect(device).toMatchObject({ key: address, driver: 'i915 (Linux 6.12.9)' });
    expect(device).not.toHaveProperty('memoryTotalBytes');
    expect(await sample()).toEqual({ [address]: { frequencyMhz: 350 } });
    // Without an address in its lines a client is known by its file.
    expect(await processes()).toEqual({ [address]: [{ pid: 500, name: 'desktop' }] });
  });
});

describe('neural processors', () => {
  const key = '0000:00:0b.0';

  test('are devices of their own kind with the share of time in which they worked', async () => {
    const { tree, discover, sample, pass } = machine();
    const npu = addNpu(tree, { index: 0, address: key });
    expect(await discover()).toEqual([
      {
        key,
        kind: 'npu',
        name: 'Intel NPU [8086:7d1d]',
        vendor: 'Intel',
        pci: key,
        driver: 'intel_vpu (Linux 6.12.9)',
        providers: [],
        nodes: ['/dev/accel/accel0'],
      },
    ]);
    expect(await sample()).toEqual({ [key]: { memoryUsedBytes: 256 * MiB, frequencyMhz: 1400 } });
    npu.set('npu_busy_time_us', '1250000\n');
    pass(1000);
    expect((await sample())[key]).toMatchObject({ utilization: 25 });
  });

  test('of another maker tell their load with each open file', async () => {
    const { tree, discover, sample, pass } = machine();
    const npu = addNpu(tree, { index: 0, address: key, files: { vendor: '0x1022\n', device: '0x17f0\n' } });
    for (const file of ['npu_busy_time_us', 'npu_memory_utilization', 'npu_current_frequency_mhz']) tree.remove(`${npu.folder}/${file}`);
    const work = (ns: number): void =>
      addProcess(tree, 300, 'python3', [
        { node: '/dev/accel/accel0', drm: { driver: 'amdxdna', 'client-id': '1', 'engine-npu': `${ns} ns` } },
      ]);
    work(0);
    expect(await discover()).toMatchObject([{ name: 'AMD NPU [1022:17f0]', vendor: 'AMD' }]);
    await sample();
    work(5e8);
    pass(1000);
    expect(await sample()).toEqual({ [key]: { utilization: 50 } });
  });

  test('whose counter steps back have no load once', async () => {
    const { tree, discover, sample, pass } = machine();
    const npu = addNpu(tree, { index: 0, address: key });
    await discover();
    await sample();
    npu.set('npu_busy_time_us', '5\n');
    pass(1000);
    expect((await sample())[key]).not.toHaveProperty('utilization');
    npu.set('npu_busy_time_us', '9000000\n');
    pass(1000);
    expect((await sample())[key]).toMatchObject({ utilization: 100 });
  });
});

describe('FPGAs', () => {
  const key = 'devices/platform/axi/f8000000.devcfg';

  test.each(['operating', 'unknown', 'power off', 'write complete', 'firmware request'])('in state “%s” are ready', async (state) => {
    const { tree, discover, sample } = machine();
    addFpga(tree, { index: 0, state });
    expect(await discover()).toEqual([
      {
        key,
        kind: 'fpga',
        name: 'Xilinx Zynq FPGA Manager',
        driver: 'zynq_fpga_manager (Linux 6.12.9)',
        providers: [],
        nodes: ['/dev/fpga0'],
      },
    ]);
    expect(await sample()).toEqual({ [key]: {} });
  });

  test.each(['firmware request error', 'write init error', 'write error', 'write complete error'])(
    'in state “%s” are not',
    async (state) => {
      const { tree, discover, sample } = machine();
      const fpga = addFpga(tree, { index: 0 });
      await discover();
      fpga.set('state', `${state}\n`);
      expect(await sample()).toEqual({ [key]: { error: `the FPGA manager reports “${state}”` } });
    },
  );

  test('on a Xilinx board have the name of its shell, and are offline while it is reset', async () => {
    const { tree, discover, sample } = machine();
    const board = addAlveo(tree, { index: 0, address: '0000:06:00.1' });
    expect(await discover()).toEqual([
      {
        key: '0000:06:00.1',
        kind: 'fpga',
        name: 'xilinx_u250_gen3x16_xdma_shell_4_1',
        vendor: 'Xilinx',
        pci: '0000:06:00.1',
        driver: 'xocl (Linux 6.12.9)',
        providers: [],
        nodes: ['/dev/dri/renderD128'],
      },
    ]);
    board.set('dev_offline', '1\n');
    expect(await sample()).toEqual({ '0000:06:00.1': { error: 'the board is offline' } });
  });
});

test('a machine without any has no devices', async () => {
  const { discover, sample, processes } = machine();
  expect(await discover()).toEqual([]);
  expect(await sample()).toEqual({});
  expect(await processes()).toEqual({});
});

test.each(['nvidia', 'bochs-drm', 'virtio-pci', 'vmwgfx', 'ast', 'simple-framebuffer', 'nouveau'])(
  'a card of %s is not for these probes',
  async (driver) => {
    const { tree, discover } = machine();
    addCard(tree, { index: 0, address: '0000:07:00.0', driver, vendor: '10de', device: '2204' });
    expect(await discover()).toEqual([]);
  },
);

test('a folder that cannot be read hides its own devices and no others', async () => {
  const { tree, discover } = machine();
  addAmdGpu(tree, { index: 0, address: '0000:03:00.0' });
  // Not even the administrator can list a link that leads to itself.
  tree.makeFolder('sys/class');
  symlinkSync('accel', join(tree.sysfs, 'class/accel'));
  tree.write('sys/class/fpga_manager', 'a file where a folder should be');
  expect(await discover()).toHaveLength(1);
});

test('after closing nothing is measured any more', async () => {
  const { tree, discover, sample, close } = machine();
  addNpu(tree, { index: 0, address: '0000:00:0b.0' });
  await discover();
  close();
  expect(await sample()).toEqual({});
});
