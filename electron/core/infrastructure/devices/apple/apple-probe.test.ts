import { expect, test } from 'vitest';
import { createAppleProbe } from './apple-probe.ts';

const card = (model: string, vendor: string) => ({ sppci_model: model, spdisplays_vendor: vendor, sppci_device_type: 'spdisplays_gpu' });

const mac = (cards: readonly object[]) => {
  let time = 0;
  const asked: string[] = [];
  const answers: Record<string, () => string> = {
    system_profiler: () => JSON.stringify({ SPDisplaysDataType: cards }),
    ioreg: () => '',
  };
  const run = (program: string): Promise<string> => {
    asked.push(program);
    return Promise.resolve().then(() => answers[program]?.() ?? '');
  };
  return { probe: createAppleProbe({ run, now: () => time }), asked, answers, pass: (ms: number) => (time += ms) };
};

const entry = (driver: string, load: number): string =>
  `+-o ${driver}  <class ${driver}>\n    {\n      "PerformanceStatistics" = {"Device Utilization %"=${load}}\n    }\n`;

test('a graphics processor is a device with the load of its driver', async () => {
  const { probe, answers } = mac([card('Apple M2', 'sppci_vendor_Apple')]);
  answers['ioreg'] = () => entry('AGXAcceleratorG14G', 42);
  expect(await probe.discover()).toEqual([{ key: 'macos/Apple M2', kind: 'gpu', name: 'Apple M2', vendor: 'Apple', providers: [] }]);
  expect(await probe.sample()).toEqual(new Map([['macos/Apple M2', { utilization: 42 }]]));
  expect(await probe.processes()).toEqual(new Map());
});

test('two cards of one kind keep their order', async () => {
  const { probe, answers } = mac([card('UHD', 'Intel'), card('Vega', 'sppci_vendor_amd'), card('Vega', 'sppci_vendor_amd')]);
  answers['ioreg'] = () => entry('AMDRadeonX5000', 1) + entry('IntelAccelerator', 2) + entry('AMDRadeonX5000', 3);
  await probe.discover();
  expect([...(await probe.sample())]).toEqual([
    ['macos/UHD', { utilization: 2 }],
    ['macos/Vega', { utilization: 1 }],
    ['macos/Vega/1', { utilization: 3 }],
  ]);
});

test('programs are started seldom, however often one asks', async () => {
  const { probe, asked, pass } = mac([card('Apple M2', 'sppci_vendor_Apple')]);
  for (let second = 0; second < 10; second += 1) {
    await probe.discover();
    await probe.sample();
    pass(1000);
  }
  expect(asked).toEqual(['system_profiler', 'ioreg', 'ioreg']);
});

test('without figures the device stays; without the list there is a reason', async () => {
  const { probe, answers, pass } = mac([card('Apple M2', 'sppci_vendor_Apple')]);
  answers['ioreg'] = () => {
    throw new Error('no such program');
  };
  await probe.discover();
  expect(await probe.sample()).toEqual(new Map([['macos/Apple M2', {}]]));
  answers['system_profiler'] = () => 'segmentation fault';
  pass(60_000);
  await expect(probe.discover()).rejects.toThrow('system_profiler did not answer with a list of displays');
});
