import { expect, test } from 'vitest';
import { coreNodesOf } from './core-cells.ts';
import { deviceOf } from './test-devices.ts';

const cpu = deviceOf('cpu', { sample: { at: 0, corePercents: [10, 20, 30, 40] } });
const left = deviceOf('left', { parent: 'cpu', coreIds: [0, 1] });

test('each core has its load and the share that has it', () =>
  expect(coreNodesOf(cpu, undefined, [left])).toEqual([
    {
      node: undefined,
      cells: [
        { core: 0, percent: 10, share: 'left', isFree: false },
        { core: 1, percent: 20, share: 'left', isFree: false },
        { core: 2, percent: 30, share: undefined, isFree: true },
        { core: 3, percent: 40, share: undefined, isFree: true },
      ],
    },
  ]));

test('cores of several NUMA nodes stand by node', () => {
  const topology = {
    numaNodes: [
      { node: 0, coreIds: [0, 2] },
      { node: 1, coreIds: [1, 3] },
    ],
  };
  const nodes = coreNodesOf({ ...cpu, topology }, undefined, []);
  expect(nodes.map(({ node, cells }) => [node, cells.map(({ core }) => core)])).toEqual([
    [0, [0, 2]],
    [1, [1, 3]],
  ]);
});

test('a share shows its own cores with the load that the processor measured', () =>
  expect(coreNodesOf(left, cpu, [])[0]?.cells.map(({ core, percent }) => [core, percent])).toEqual([
    [0, 10],
    [1, 20],
  ]));

test('a processor shows the cores of its shares and those it may not grant too, but only its own can be split off', () => {
  const [node] = coreNodesOf({ ...cpu, coreIds: [2] }, undefined, [left]);
  expect(node?.cells.map(({ core, isFree }) => [core, isFree])).toEqual([
    [0, false],
    [1, false],
    [2, true],
    [3, false],
  ]);
});
