import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand, type Finished } from '../test-run.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const run = (...words: string[]): Promise<Finished> => runCommand(['--data', core.dataFolder, 'devices', ...words]);

const plain = {
  providers: [],
  state: 'ready',
  processes: [],
  jobs: [],
  granted: { cores: 0, memoryBytes: 0 },
  reserveBytes: 0,
  overcommit: 1,
} as const satisfies Partial<DeviceState>;
const cpu: DeviceState = {
  ...plain,
  providers: [],
  processes: [],
  jobs: [],
  id: 'cpu',
  kind: 'cpu',
  name: 'Test CPU',
  cores: 8,
  utilization: 12.4,
};
const gone = { code: 'device-gone', values: {} } as const;
const gpu: DeviceState = {
  ...cpu,
  id: 'gpu0',
  kind: 'gpu',
  name: 'Test GPU',
  uuid: 'GPU-1',
  utilization: 41,
  memory: { totalBytes: 24e9, usedBytes: 6.2e9 },
  temperatureC: 55,
  powerW: 182.4,
  processes: [{ pid: 4321, memoryBytes: 18e9, jobId: 7 }],
  jobs: [{ id: 7, name: 'train', group: 'default', cores: 0 }],
};
const half: DeviceState = { ...cpu, id: 'half', kind: 'gpu', name: 'Test GPU', parent: 'gpu0', memory: { totalBytes: 12e9 } };

describe('the list', () => {
  test('is a table with shares beneath their device, and why a device gets no work is said once', async () => {
    const { utilization: _, ...quiet } = half;
    core.devices.push(cpu, { ...gpu, state: 'unhealthy', reason: gone }, { ...quiet, state: 'unhealthy', reason: gone });
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'DEVICE  KIND  NAME      LOAD  MEMORY              TEMP  POWER  STATE      JOBS',
      'cpu     CPU   Test CPU  12 %                                   ready',
      'gpu0    GPU   Test GPU  41 %  6.2 GB of 24.0 GB  55 °C  182 W  unhealthy  7',
      '└ half  GPU   Test GPU        12.0 GB                          unhealthy',
      'gpu0: It is no longer found: its driver was unloaded or it fell off its bus. It is used again by itself once it is back.',
      '',
    ]);
  });

  test('is whole for programs, with what is unknown absent', async () => {
    core.devices.push(gpu);
    const { stdout } = await run('--json');
    expect(JSON.parse(stdout)).toEqual({ devices: [gpu] });
  });

  test('goes on every second when asked, one object on each line for programs', async () => {
    core.devices.push(gpu);
    const { exitCode, stdout, stderr } = await run('--watch', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ devices: [gpu] }, { devices: [gpu] }]);
  });
});

describe('a change', () => {
  test.each([
    [['drain', 'gpu0', '--note', 'new fan'], 'drain gpu0 new fan', 'gpu0 gets no new work. What runs on it goes on.'],
    [['drain', 'gpu0'], 'drain gpu0', 'gpu0 gets no new work. What runs on it goes on.'],
    [['undrain', 'gpu0'], 'undrain gpu0', 'gpu0 gets work again.'],
    [
      ['split', 'cpu', '--cores', '6,0-2', '--memory', '8GB', '--name', 'side'],
      'split {"id":"cpu","name":"side","coreIds":[0,1,2,6],"memoryBytes":8000000000}',
      'side is a share of cpu.',
    ],
    [
      ['split', 'gpu0', '--memory', '12GB', '--name', 'half'],
      'split {"id":"gpu0","name":"half","memoryBytes":12000000000}',
      'half is a share of gpu0.',
    ],
    [['join', 'half'], 'join half', 'half is given back to its device.'],
    [['reserve', 'gpu0', '2GB'], 'reserve gpu0 2000000000', '2.0 GB of gpu0 are never granted.'],
    [['reserve', 'gpu0', '0'], 'reserve gpu0 0', '0 B of gpu0 are never granted.'],
    [['overcommit', 'gpu0', '1.5'], 'overcommit gpu0 1.5', 'The memory of gpu0 is granted 1.5 times over.'],
  ])('%j is handed over as it is meant, and said', async (words, call, said) => {
    expect(await run(...words)).toEqual({ exitCode: 0, stdout: '', stderr: `${said}\n` });
    expect(core.calls).toEqual([call]);
  });

  test('that undrains a device which is lost says that it still gets no work', async () => {
    core.devices.push({ ...gpu, state: 'unhealthy', reason: gone });
    expect((await run('undrain', 'gpu0')).stderr).toBe(
      'gpu0 is no longer drained, but gets no work yet. It is no longer found: its driver was unloaded or it fell off its bus. It is used again by itself once it is back.\n',
    );
  });

  test('answers programs with the devices as they are then', async () => {
    core.devices.push(gpu);
    const { stdout } = await run('drain', 'gpu0', '--json');
    expect(JSON.parse(stdout)).toEqual({ devices: [gpu] });
  });

  test.each([
    [['explode', 'gpu0'], 'explode is nothing that devices can do. Choose drain, undrain, split, join, reserve, overcommit, measure.'],
    [['drain'], 'Write it like: switchyard devices drain ID [--note TEXT]'],
    [['reserve', 'gpu0'], 'Write it like: switchyard devices reserve ID SIZE'],
    [['reserve', 'gpu0', 'much'], 'reserve much is not a size. Write it like 512M, 2GB or 1.5GiB.'],
    [['split', 'cpu', '--cores', '0-1'], 'A share needs a name. Give it with --name.'],
    [['split', 'cpu', '--name', 'side'], 'Say which part it is, with --cores 0-3 or --memory 8GB.'],
    [['split', 'cpu', '--cores', '3-1', '--name', 'side'], '--cores 3-1 is not a list of cores. Write it like 0-3,6.'],
    [['split', 'cpu', '--cores', '0,,1', '--name', 'side'], '--cores 0,,1 is not a list of cores. Write it like 0-3,6.'],
    [['measure'], 'Write it like: switchyard devices measure ID'],
    [['overcommit', 'gpu0', '0.5'], '0.5 is not a ratio from 1 to 10. Write it like 1.5.'],
    [['undrain', 'gpu0', '--note', 'x'], '--note is not a flag of devices undrain. See: switchyard help devices undrain'],
    [['--note', 'x'], '--note belongs to a change of a device. See: switchyard help devices'],
    [['drain', 'gpu0', 'gpu1'], 'gpu1 is one word too many. See: switchyard help'],
  ])('%j is wrong usage, said in one sentence, and changes nothing', async (words, sentence) => {
    expect(await run(...words)).toEqual({ exitCode: 2, stdout: '', stderr: `${sentence}\n` });
    expect(core.calls).toEqual([]);
  });
});

describe('a measurement', () => {
  test('is one line for a person, with the threads where there are any', async () => {
    expect(await run('measure', 'cpu')).toEqual({
      exitCode: 0,
      stdout: 'cpu computes 1,234.6 GFLOP/s and reads and writes 41.3 GB/s, with 8 threads.\n',
      stderr: '',
    });
    expect((await run('measure', 'gpu0')).stdout).toBe('gpu0 computes 1,234.6 GFLOP/s and reads and writes 41.3 GB/s.\n');
    expect(core.calls).toEqual(['measure cpu', 'measure gpu0']);
  });

  test('is its figures for programs', async () => {
    const { stdout, stderr } = await run('measure', 'cpu', '--json');
    expect({ measured: JSON.parse(stdout), stderr }).toEqual({
      measured: { device: 'cpu', gflops: 1234.56, gbPerSecond: 41.27, threads: 8, measuredAt: 1 },
      stderr: '',
    });
  });
});
