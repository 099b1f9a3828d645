import { expect, test } from 'vitest';
import type { Device } from '../../../../shared/model/device.ts';
import { divide } from './divide.ts';

const node = (number: number, ...coreIds: number[]) => ({ node: number, coreIds });
const cpu = (...numaNodes: { node: number; coreIds: number[] }[]): Device => ({
  id: 'cpu',
  kind: 'cpu',
  name: 'Processor',
  cores: 8,
  providers: [],
  topology: { numaNodes },
});
const nodes = (whole: Device, ...shares: number[][]): (number | undefined)[] =>
  divide(
    whole,
    shares.map((coreIds, index) => ({ id: `share${index}`, coreIds })),
  ).map(({ numaNode }) => numaNode);

test('a share, and what shares leave of the processor, is on the NUMA node that has all of its cores', () => {
  const twoNodes = cpu(node(0, 0, 1, 2, 3), node(2, 4, 5, 6, 7));
  expect(nodes(twoNodes)).toEqual([undefined]);
  expect(nodes(twoNodes, [4, 5], [3, 6])).toEqual([undefined, 2, undefined]);
  expect(nodes(twoNodes, [4, 5], [6, 7])).toEqual([0, 2, 2]);
  expect(nodes(twoNodes, [0, 1, 2, 3], [4, 5, 6, 7])).toEqual([undefined, 0, 2]);
});

test('where there is only one node, or nobody tells, none is named', () => {
  expect(nodes(cpu(node(0, 0, 1, 2, 3, 4, 5, 6, 7)), [4, 5])).toEqual([undefined, undefined]);
  const { topology: _, ...untold } = cpu();
  expect(nodes(untold, [0, 1])).toEqual([undefined, undefined]);
});

test('a share of a device beside the processor is on the node of its device', () => {
  const gpu: Device = { id: 'gpu0', kind: 'gpu', name: 'GPU', providers: [], numaNode: 1 };
  expect(divide(gpu, [{ id: 'half', memoryBytes: 1e9 }]).map(({ numaNode }) => numaNode)).toEqual([1, 1]);
});
