import { expect, test } from 'vitest';
import { describeControllers, type Controller } from './controllers.ts';
import { parseRound } from './counters.ts';
import { createWindowsProbe } from './windows-probe.ts';

const arc: Controller = {
  vendor: 'Intel Corporation',
  model: 'Intel(R) Arc(TM) A770',
  vram: 16384,
  vramDynamic: false,
  driverVersion: '31.0.101',
};
const radeon: Controller = { vendor: 'Advanced Micro Devices, Inc.', model: 'AMD Radeon(TM) Graphics', vram: 512, vramDynamic: true };

test('controllers that compute are devices, but for those of NVIDIA', () => {
  const others: Controller[] = [
    { vendor: 'NVIDIA', model: 'NVIDIA GeForce RTX 4090', vram: 24576, vramDynamic: false },
    { vendor: 'Microsoft Corporation', model: 'Microsoft Basic Display Adapter', vram: null, vramDynamic: true },
    { vendor: '', model: '', vram: null, vramDynamic: false },
  ];
  expect(describeControllers([arc, ...others, radeon, radeon])).toEqual([
    {
      key: 'windows/Intel(R) Arc(TM) A770',
      kind: 'gpu',
      name: 'Intel(R) Arc(TM) A770',
      vendor: 'Intel',
      driver: '31.0.101',
      memoryTotalBytes: 16 * 2 ** 30,
      providers: [],
    },
    { key: 'windows/AMD Radeon(TM) Graphics', kind: 'gpu', name: 'AMD Radeon(TM) Graphics', vendor: 'AMD', providers: [] },
    { key: 'windows/AMD Radeon(TM) Graphics/1', kind: 'gpu', name: 'AMD Radeon(TM) Graphics', vendor: 'AMD', providers: [] },
  ]);
});

const luid = 'luid_0x00000000_0x0000C0FE_phys_0';
const round = [
  'adapter\t999\tIntel(R) Arc(TM) A770',
  `adapter\t${0xc0fe}\tIntel(R) Arc(TM) A770`,
  `engine\tpid_10_${luid}_eng_0_engtype_3D\t30`,
  `engine\tpid_11_${luid}_eng_0_engtype_3D\t25`,
  `engine\tpid_11_${luid}_eng_3_engtype_Compute 0\t40`,
  `memory\t${luid}\t2048`,
  `process\tpid_10_${luid}\t500`,
  `process\tpid_11_${luid}\t1500`,
];

test('the busiest engine counts, with all its processes', () => {
  expect(parseRound(round).get('c0fe')).toEqual({
    name: 'Intel(R) Arc(TM) A770',
    reading: { utilization: 55, memoryUsedBytes: 2048 },
    processes: [
      { pid: 11, memoryBytes: 1500 },
      { pid: 10, memoryBytes: 500 },
    ],
  });
});

test('lines that make no sense are passed over', () => {
  const broken = [
    '',
    'engine',
    'engine\tx\t5',
    `engine\tpid_1_${luid}_eng_0\tmany`,
    'adapter\tfour\tArc',
    `memory\t${luid}\t-1`,
    `process\tpid_0_${luid}\t5`,
  ];
  expect(parseRound(broken)).toEqual(new Map());
});

test('a device has the figures of the adapter with its name, not those of one from an earlier start', async () => {
  let time = 0;
  let lists = 0;
  let isClosed = false;
  const listControllers = () => {
    lists += 1;
    return Promise.resolve([arc, radeon]);
  };
  const startReader = () => ({ latest: () => parseRound(round), close: () => void (isClosed = true) });
  const probe = createWindowsProbe({ listControllers, startReader, now: () => time });
  await probe.discover();
  time += 5000;
  expect(await probe.discover()).toHaveLength(2);
  expect(lists).toBe(1);
  expect([...(await probe.sample())]).toEqual([
    ['windows/Intel(R) Arc(TM) A770', { utilization: 55, memoryUsedBytes: 2048 }],
    ['windows/AMD Radeon(TM) Graphics', {}],
  ]);
  expect((await probe.processes()).get('windows/Intel(R) Arc(TM) A770')).toHaveLength(2);
  probe.close();
  expect(isClosed).toBe(true);
});

test('without a device no program is started', async () => {
  const startReader = () => {
    throw new Error('started for nothing');
  };
  const probe = createWindowsProbe({ listControllers: () => Promise.resolve([]), startReader, now: () => 0 });
  expect(await probe.discover()).toEqual([]);
  expect(await probe.sample()).toEqual(new Map());
});
