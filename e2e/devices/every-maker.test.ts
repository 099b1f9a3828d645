import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import { createFakeNvidiaSmi, fakeSmiRow } from '../fixtures/nvml/fake-nvidia-smi.ts';
import { fakeUuid } from '../fixtures/nvml/fake-nvml.ts';
import { addAmdGpu, addFpga, addNpu, addXeGpu } from '../fixtures/sysfs/devices.ts';
import { createMachineTree } from '../fixtures/sysfs/machine-tree.ts';
import { addProcessor, serverCores } from '../fixtures/sysfs/processor.ts';
import { ownCore } from '../own-core.ts';

/* One machine with devices of every maker, as each face of a core tells of it. NVIDIA's are known from nvidia-smi alone. */

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
/** A number that no process has. */
const stranger = 4_100_000;
const soon = { interval: 200 };

const tree = createMachineTree();
const smi = createFakeNvidiaSmi();
const core = ownCore({ ...tree.environment, ...smi.environment });

beforeAll(() => {
  addProcessor(tree, serverCores);
  addAmdGpu(tree, { index: 0, address: '0000:03:00.0', files: { numa_node: '0\n' } });
  addXeGpu(tree, { index: 1, address: '0000:04:00.0' });
  addNpu(tree, { index: 0, address: '0000:00:0b.0' });
  addFpga(tree, { index: 0 });
  tree.write('sys/bus/pci/devices/0000:3b:00.0/numa_node', '1\n');
  smi.write('gpus', [fakeSmiRow(0, 2), fakeSmiRow(1, 2, { 'power.draw': '[N/A]', 'utilization.gpu': 0 })]);
  smi.write('processes', [{ gpu_uuid: fakeUuid(0), pid: stranger, used_gpu_memory: 700, process_name: '/usr/bin/python3' }]);
});
afterAll(() => {
  smi.remove();
  tree.dispose();
});

const listed = async (): Promise<DeviceState[]> => {
  const { code, stdout, stderr } = await core.run('devices', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { devices: DeviceState[] }).devices;
};

const access = async (path: string): Promise<Response> => {
  const { token, address } = JSON.parse((await core.run('token', '--json')).stdout) as { token: string; address: string };
  return fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}` } });
};

/** The first thing that a stream of events says. */
const firstEvent = async (path: string): Promise<unknown> => {
  const reply = await access(path);
  let text = '';
  const decoder = new TextDecoder();
  const chunks = reply.body as AsyncIterable<Uint8Array> | null; // what fetch gives
  for await (const chunk of chunks ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const data = /^data: (.+)\n/m.exec(text)?.[1];
    if (data !== undefined) return JSON.parse(data);
  }
  throw new Error(`${path} said nothing: ${text}`);
};

test('devices of every maker are listed with what their drivers tell, and nothing else', async () => {
  await expect.poll(async () => (await listed()).map(({ processes }) => processes.length), soon).toContain(1);
  const all = await listed();
  expect(all.map(({ id, kind, vendor }) => [id, kind, vendor])).toEqual([
    ['cpu', 'cpu', 'Intel'],
    ['gpu0', 'gpu', 'AMD'],
    ['gpu1', 'gpu', 'Intel'],
    ['gpu2', 'gpu', 'NVIDIA'],
    ['gpu3', 'gpu', 'NVIDIA'],
    ['npu0', 'npu', 'Intel'],
    ['fpga0', 'fpga', undefined],
  ]);
  const [, amd, intel, first, second, npu, fpga] = all;
  expect(amd).toMatchObject({
    name: 'AMD Radeon PRO W7900',
    pci: '0000:03:00.0',
    numaNode: 0,
    memory: { totalBytes: 24 * gibibyte, usedBytes: 6 * gibibyte },
    utilization: 37,
    temperatureC: 54,
    powerW: 142,
    processes: [],
  });
  expect(intel).not.toHaveProperty('numaNode');
  expect(intel).toMatchObject({ pci: '0000:04:00.0', memory: { totalBytes: 16 * gibibyte } });
  expect(first).toMatchObject({
    name: 'NVIDIA RTX A6000',
    uuid: fakeUuid(0),
    pci: '0000:3b:00.0',
    numaNode: 1,
    driver: '550.54.15',
    memory: { totalBytes: 49_140 * mebibyte, usedBytes: 1140 * mebibyte },
    utilization: 20,
    powerW: 55.5,
    processes: [{ pid: stranger, name: 'python3', memoryBytes: 700 * mebibyte }],
  });
  // Idle is a figure, not told is none.
  expect(second).toMatchObject({ utilization: 0, processes: [] });
  expect(second).not.toHaveProperty('powerW');
  expect(npu).toMatchObject({ state: 'ready' });
  expect(fpga).not.toHaveProperty('utilization');
  expect(fpga).not.toHaveProperty('memory');
});

test('Prometheus is told the same as the command line', async () => {
  const [all, text] = [await listed(), await (await access('/metrics')).text()];
  const lines = new Set(text.split('\n'));
  const expected = all.flatMap(({ id, kind, name, state, utilization, memory, powerW, temperatureC, processes }) => {
    const labels = `device="${id}",kind="${kind}",name="${name}"`;
    const line = (family: string, value: number | undefined): string[] =>
      value === undefined ? [] : [`switchyard_device_${family}{${labels}} ${value}`];
    return [
      `switchyard_device_state{${labels},state="${state}"} 1`,
      ...line('memory_total_bytes', memory?.totalBytes),
      // The processor's own figures change between two looks.
      ...(kind === 'cpu' ? [] : line('utilization_ratio', utilization === undefined ? undefined : utilization / 100)),
      ...(kind === 'cpu' ? [] : line('memory_used_bytes', memory?.usedBytes)),
      ...line('power_watts', powerW),
      ...line('temperature_celsius', temperatureC),
      ...processes.map(({ pid, memoryBytes }) => `switchyard_device_process_memory_bytes{${labels},pid="${pid}"} ${memoryBytes}`),
    ];
  });
  expect(expected.filter((line) => !lines.has(line))).toEqual([]);
  // What a device does not tell has no series.
  const powers = [...lines].filter((line) => line.startsWith('switchyard_device_power_watts{'));
  expect(powers).toHaveLength(all.filter(({ powerW }) => powerW !== undefined).length);
});

test('whoever watches sees the same devices', async () => {
  const { devices } = (await firstEvent('/api/v1/devices/watch')) as { devices: DeviceState[] };
  const facts = ({ id, kind, name, uuid, pci, state }: DeviceState) => ({ id, kind, name, uuid, pci, state });
  expect(devices.map(facts)).toEqual((await listed()).map(facts));
  expect(devices.find(({ id }) => id === 'gpu2')?.processes).toMatchObject([{ pid: stranger }]);
});

test('nvidia-smi was started once for devices and once for processes', () => {
  expect(smi.starts().map(({ kind }) => kind)).toEqual(['gpus', 'processes']);
});
