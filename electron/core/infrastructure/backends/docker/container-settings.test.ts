import { expect, test } from 'vitest';
import { JobSpec } from '../../../../../shared/model/job.ts';
import type { Device } from '../../../../../shared/model/device.ts';
import type { TaskRun } from '../../../ports.ts';
import { containerSettings, type ContainerSpec } from './container-settings.ts';

const spec = JobSpec.parse({
  runtime: 'container',
  image: 'busybox',
  environment: { CUDA_VISIBLE_DEVICES: '3', OMP_NUM_THREADS: '9' },
}) as ContainerSpec;

const device = (id: string, values: Partial<Device>): Device => ({ id, kind: 'gpu', name: id, providers: [], ...values });

const settingsOf = (accelerators: Device[], coreIds?: number[], machine: Device[] = accelerators) => {
  const run: TaskRun = {
    task: '7',
    attempt: 1,
    jobId: 7,
    spec,
    placement: { device: 'cpu', deviceName: 'Processor', cores: 2.5, memoryBytes: 1e9, ...(coreIds && { coreIds }) },
    ...(accelerators.length > 0 && { accelerators, machine }),
    folder: '/f',
    logFile: '/l',
    resolve: () => ({ path: '', name: '' }),
  };
  return containerSettings(run, spec, 'hash', [], '/f/out');
};

test('without a device it has none, and says so to what runs in it', () => {
  const { HostConfig, Env } = settingsOf([]);
  expect(HostConfig).not.toHaveProperty('Devices');
  expect(HostConfig).not.toHaveProperty('DeviceRequests');
  expect(HostConfig).not.toHaveProperty('CpusetCpus');
  expect(Env).toEqual(
    expect.arrayContaining(['CUDA_VISIBLE_DEVICES=', 'NVIDIA_VISIBLE_DEVICES=void', 'OMP_NUM_THREADS=9', 'MKL_NUM_THREADS=2']),
  );
});

test('it is kept on the cores of its share', () => {
  expect(settingsOf([], [0, 2]).HostConfig).toMatchObject({ CpusetCpus: '0,2', NanoCpus: 2.5e9 });
});

test('NVIDIA devices are asked for by uuid, a slice by that of its device', () => {
  const whole = device('gpu0', { vendor: 'NVIDIA', uuid: 'GPU-1', nodes: ['/dev/nvidia0'] });
  const slice = device('half', { vendor: 'NVIDIA', parent: 'gpu0' });
  const { HostConfig, Env } = settingsOf([slice], undefined, [whole, slice]);
  expect(HostConfig?.DeviceRequests).toEqual([{ Driver: 'nvidia', DeviceIDs: ['GPU-1'], Capabilities: [['gpu']] }]);
  expect(HostConfig).not.toHaveProperty('Devices');
  expect(Env).toContain('CUDA_VISIBLE_DEVICES=GPU-1');
});

test('of all other devices the files are handed over', () => {
  const fpga = device('fpga0', { kind: 'fpga', nodes: ['/dev/fpga0', '/dev/uio3'] });
  expect(settingsOf([fpga]).HostConfig?.Devices).toEqual([
    { PathOnHost: '/dev/fpga0', PathInContainer: '/dev/fpga0', CgroupPermissions: 'rwm' },
    { PathOnHost: '/dev/uio3', PathInContainer: '/dev/uio3', CgroupPermissions: 'rwm' },
  ]);
});
