import { expect, test } from 'vitest';
import type { Device } from '../../../../shared/model/device.ts';
import { deviceEnvironment, threadEnvironment } from './device-environment.ts';

const device = (id: string, values: Partial<Device>): Device => ({ id, kind: 'gpu', name: id, providers: [], ...values });

const nvidia = (number: number): Device =>
  device(`gpu${number}`, { vendor: 'NVIDIA', uuid: `GPU-${number}`, nodes: ['/dev/nvidiactl', `/dev/nvidia${number}`] });

const granted = (accelerators: Device[], machine: Device[] = accelerators, memoryBytes?: number) => ({
  accelerators,
  machine,
  placement: {
    accelerators: accelerators.map(({ id, name }) => ({ device: id, deviceName: name, ...(memoryBytes !== undefined && { memoryBytes }) })),
  },
});

test('a job that was granted nothing is shown no device', () => {
  expect(deviceEnvironment({ placement: {} })).toEqual({
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: '',
    NVIDIA_VISIBLE_DEVICES: 'void',
    ROCR_VISIBLE_DEVICES: '-1',
    HIP_VISIBLE_DEVICES: '-1',
    ONEAPI_DEVICE_SELECTOR: '*:*;!level_zero:gpu;!opencl:gpu',
  });
});

test('NVIDIA devices are named by uuid, and those of other makers are hidden', () => {
  expect(deviceEnvironment(granted([nvidia(1), nvidia(3)], [nvidia(0), nvidia(1), nvidia(3)], 5))).toEqual({
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: 'GPU-1,GPU-3',
    NVIDIA_VISIBLE_DEVICES: 'GPU-1,GPU-3',
    ROCR_VISIBLE_DEVICES: '-1',
    HIP_VISIBLE_DEVICES: '-1',
    ONEAPI_DEVICE_SELECTOR: '*:*;!level_zero:gpu;!opencl:gpu',
    SWITCHYARD_DEVICES: 'gpu1,gpu3',
    SWITCHYARD_DEVICE_NODES: '/dev/nvidiactl,/dev/nvidia1,/dev/nvidia3',
    SWITCHYARD_DEVICE_MEMORY: '5,5',
  });
});

test('a slice of memory is reached by the device that it is a part of, a MIG instance by its own uuid', () => {
  const slice = device('half', { vendor: 'NVIDIA', parent: 'gpu0' });
  const mig = device('gpu1', { vendor: 'NVIDIA', parent: 'gpu0', uuid: 'MIG-7' });
  const environment = (one: Device) => deviceEnvironment(granted([one], [nvidia(0), slice, mig]));
  expect(environment(slice)).toMatchObject({ CUDA_VISIBLE_DEVICES: 'GPU-0', SWITCHYARD_DEVICES: 'half' });
  expect(environment(slice)['SWITCHYARD_DEVICE_NODES']).toBe('/dev/nvidiactl,/dev/nvidia0');
  expect(environment(mig)).toMatchObject({ CUDA_VISIBLE_DEVICES: 'MIG-7', SWITCHYARD_DEVICE_MEMORY: '' });
});

test('two slices of one device name it once', () => {
  const slices = ['left', 'right'].map((id) => ({ ...nvidia(0), id, parent: 'gpu0' }));
  expect(deviceEnvironment(granted(slices, [nvidia(0), ...slices]))).toMatchObject({
    CUDA_VISIBLE_DEVICES: 'GPU-0',
    SWITCHYARD_DEVICES: 'left,right',
  });
});

test('HIP counts among the AMD devices that ROCr lets through', () => {
  const amd = (number: number): Device => device(`gpu${number}`, { vendor: 'AMD', uuid: `GPU-${number}${number}` });
  expect(deviceEnvironment(granted([amd(2), amd(4)], [amd(1), amd(2), amd(4)]))).toMatchObject({
    ROCR_VISIBLE_DEVICES: 'GPU-22,GPU-44',
    HIP_VISIBLE_DEVICES: '0,1',
    CUDA_VISIBLE_DEVICES: '',
  });
});

test('Intel GPUs are counted in the order of the bus, among themselves', () => {
  const intel = (id: string, pci: string): Device => device(id, { vendor: 'Intel', pci });
  const cards = [intel('gpu0', '0000:b0:00.0'), nvidia(1), intel('gpu2', '0000:03:00.0')];
  expect(deviceEnvironment(granted([cards[0]!], cards))).toMatchObject({ ZE_AFFINITY_MASK: '1', ZE_ENABLE_PCI_ID_DEVICE_ORDER: '1' });
  expect(deviceEnvironment(granted([cards[0]!], cards))).not.toHaveProperty('ONEAPI_DEVICE_SELECTOR');
  expect(deviceEnvironment(granted([cards[1]!], cards))).toHaveProperty('ONEAPI_DEVICE_SELECTOR');
  expect(deviceEnvironment(granted([cards[1]!], cards))).not.toHaveProperty('ZE_AFFINITY_MASK');
});

test('an FPGA is handed over by its files', () => {
  const fpga = device('fpga0', { kind: 'fpga', vendor: 'Xilinx', nodes: ['/dev/fpga0', '/dev/dri/renderD130'] });
  expect(deviceEnvironment(granted([fpga]))).toMatchObject({
    SWITCHYARD_DEVICES: 'fpga0',
    SWITCHYARD_DEVICE_NODES: '/dev/fpga0,/dev/dri/renderD130',
    SWITCHYARD_DEVICE_MEMORY: '',
    CUDA_VISIBLE_DEVICES: '',
  });
});

test.each([
  [0.5, '1'],
  [1, '1'],
  [3.9, '3'],
])('%d cores are %s threads', (cores, threads) => {
  expect(new Set(Object.values(threadEnvironment(cores)))).toEqual(new Set([threads]));
});
