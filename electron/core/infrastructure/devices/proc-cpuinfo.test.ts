import { expect, test } from 'vitest';
import { parseCpuinfo } from './proc-cpuinfo.ts';

const core = (processor: number, physical: number, id: number, mhz: string): string => `processor\t: ${processor}
vendor_id\t: GenuineIntel
model name\t: Intel(R) Core(TM) i7-1260P
cpu MHz\t\t: ${mhz}
physical id\t: ${physical}
core id\t\t: ${id}
power management:
`;

test('two threads of a core are one physical core, and the frequency is the mean', () => {
  const text = [core(0, 0, 0, '1000.000'), core(1, 0, 0, '2000.000'), core(2, 0, 4, '3000.000'), core(3, 1, 0, '2000.000')].join('\n');
  expect(parseCpuinfo(text)).toEqual({
    facts: { model: 'Intel(R) Core(TM) i7-1260P', vendor: 'Intel', physicalCores: 3 },
    frequencyMhz: 2000,
  });
});

test('an ARM board names itself at the end and gives no frequency', () => {
  const text =
    'processor\t: 0\nBogoMIPS\t: 108.00\nCPU implementer\t: 0x41\n\nprocessor\t: 1\nBogoMIPS\t: 108.00\n\nRevision\t: c03111\nModel\t\t: Raspberry Pi 4 Model B Rev 1.1\n';
  expect(parseCpuinfo(text)).toEqual({ facts: { model: 'Raspberry Pi 4 Model B Rev 1.1' } });
});

test('a maker without a known name keeps its id', () => {
  expect(parseCpuinfo('vendor_id\t: TCGTCGTCGTCG\n').facts).toEqual({ vendor: 'TCGTCGTCGTCG' });
});

test('an empty file tells nothing', () => {
  expect(parseCpuinfo('')).toEqual({ facts: {} });
});
