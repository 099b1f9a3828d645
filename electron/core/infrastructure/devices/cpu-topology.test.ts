import { expect, onTestFinished, test } from 'vitest';
import { createMachineTree } from '../../../../e2e/fixtures/sysfs/machine-tree.ts';
import { addCoreKinds, addProcessor, hybridCores, serverCores, type TreeCore } from '../../../../e2e/fixtures/sysfs/processor.ts';
import { readTopology } from './cpu-topology.ts';
import { openSystemFolder } from './sysfs/system-folder.ts';

const machine = (cores: readonly TreeCore[]) => {
  const tree = createMachineTree();
  onTestFinished(() => tree.dispose());
  addProcessor(tree, cores);
  return { tree, read: () => readTopology(openSystemFolder(tree.sysfs), [...cores.keys()]) };
};

test('a server has sockets and nodes, and cores of one kind', () => {
  expect(machine(serverCores).read()).toEqual({
    sockets: 2,
    numaNodes: [
      { node: 0, coreIds: [0, 1, 2, 3] },
      { node: 1, coreIds: [4, 5, 6, 7] },
    ],
    threadsPerCore: 1,
  });
});

test('a laptop of two kinds of core names them, and has as many threads as its larger cores', () => {
  const { tree, read } = machine(hybridCores);
  addCoreKinds(tree);
  expect(read()).toEqual({
    sockets: 1,
    numaNodes: [{ node: 0, coreIds: [0, 1, 2, 3, 4, 5, 6, 7] }],
    threadsPerCore: 2,
    performanceCoreIds: [0, 1, 2, 3],
    efficiencyCoreIds: [4, 5, 6, 7],
  });
});

test('without names the highest frequency tells the kinds apart, but not the best cores from good ones', () => {
  const at = (maximumMhz: number, core: number): TreeCore => ({ socket: 0, core, node: 0, maximumMhz });
  expect(machine([at(5100, 0), at(4800, 1), at(3300, 2)]).read()).toMatchObject({ performanceCoreIds: [0, 1], efficiencyCoreIds: [2] });
  expect(machine([at(6000, 0), at(5700, 1), at(5500, 2)]).read()).not.toHaveProperty('performanceCoreIds');
});

test('on ARM the capacity counts before the frequency', () => {
  const { tree, read } = machine([0, 1].map((core) => ({ socket: 0, core, node: 0, maximumMhz: 2000 })));
  tree.write('sys/devices/system/cpu/cpu0/cpu_capacity', '1024\n');
  tree.write('sys/devices/system/cpu/cpu1/cpu_capacity', '446\n');
  expect(read()).toMatchObject({ performanceCoreIds: [0], efficiencyCoreIds: [1] });
});

test('files that are missing or make no sense lose their part, and all of them everything', () => {
  const { tree, read } = machine(serverCores);
  tree.write('sys/devices/system/cpu/cpu0/topology/physical_package_id', '-1\n');
  tree.write('sys/devices/system/cpu/cpu1/topology/thread_siblings_list', 'garbage');
  tree.write('sys/devices/system/node/node1/cpulist', '\n');
  tree.write('sys/devices/system/cpu/cpu2/cpufreq/cpuinfo_max_freq', '1000\n');
  tree.write('sys/devices/cpu_core/cpus', '');
  expect(read()).toEqual({ sockets: 2, numaNodes: [{ node: 0, coreIds: [0, 1, 2, 3] }], threadsPerCore: 1 });
  tree.remove('sys/devices');
  expect(read()).toBeUndefined();
});
