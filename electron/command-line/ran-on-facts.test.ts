import { expect, test } from 'vitest';
import type { JobDetail, RanOn } from '../../shared/model/job.ts';
import { commandLineText } from '../../shared/words/command-line.ts';
import { ranOnFacts } from './ran-on-facts.ts';

const session = { locale: 'en', text: (key, values) => commandLineText(key, values ?? {}, 'en') } satisfies Parameters<
  typeof ranOnFacts
>[0];

const facts = (ranOn: RanOn | undefined, runtime = 'command'): [string, string][] => {
  const state = { kind: 'succeeded', attempt: 1, startedAt: 1, endedAt: 2, ...(ranOn && { ranOn }) };
  // Only what the facts are made of.
  return ranOnFacts(session, { state, spec: { runtime } } as unknown as JobDetail).filter(([, value]) => value !== '');
};

test('a proof is told line by line, each device with who was seen on it', () => {
  const ranOn: RanOn = {
    device: 'gpu0',
    deviceName: 'Test GPU',
    provider: 'CUDAExecutionProvider',
    nodes: [
      { provider: 'CUDAExecutionProvider', count: 118 },
      { provider: 'CPUExecutionProvider', count: 1 },
    ],
    cores: 1,
    peakMemoryBytes: 2e9,
    cpuSeconds: 90,
    devices: [
      { device: 'gpu0', deviceName: 'Test GPU', pids: [12, 345], peakMemoryBytes: 5e9, energyJ: 1234.4 },
      { device: 'gpu1', deviceName: 'Test GPU', pids: [] },
    ],
  };
  expect(facts(ranOn)).toEqual([
    ['ONNX provider', 'CUDAExecutionProvider: 118 nodes, CPUExecutionProvider: 1 node'],
    ['Peak memory', '2.0 GB'],
    ['CPU time', '2 min'],
    ['Seen on gpu0', 'processes 12 345, at most 5.0 GB, 1,234 J'],
    ['Seen on gpu1', 'none of its processes'],
  ]);
});

test('what is not known is not told', () => {
  expect(facts(undefined)).toEqual([]);
  expect(facts({ device: 'cpu', deviceName: 'CPU', cores: 1 })).toEqual([]);
});

test('a job that fell back says from what, and an adopted one that its exit code is nobody’s to know', () => {
  const ranOn: RanOn = { device: 'cpu', deviceName: 'CPU', provider: 'CPUExecutionProvider', cores: 1, fellBackFrom: 'gpu0' };
  expect(facts(ranOn)).toEqual([
    ['ONNX provider', 'CPUExecutionProvider'],
    ['Instead of', 'gpu0'],
  ]);
  expect(facts({ device: 'cpu', deviceName: 'CPU', cores: 1 }, 'process')).toEqual([
    ['Exit code', 'not known; a process tells it to its parent alone'],
  ]);
});
