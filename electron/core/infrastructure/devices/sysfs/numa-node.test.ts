import { expect, onTestFinished, test } from 'vitest';
import { createMachineTree } from '../../../../../e2e/fixtures/sysfs/machine-tree.ts';
import { createTestProbe, testDevice } from '../sampler/test-probe.ts';
import { withNumaNodes } from './numa-node.ts';
import { openSystemFolder } from './system-folder.ts';

test('a device has the NUMA node that the bus tells; what has no address, is not there or does not tell has none', async () => {
  const tree = createMachineTree();
  onTestFinished(() => tree.dispose());
  tree.write('sys/bus/pci/devices/0000:3b:00.0/numa_node', '1\n');
  tree.write('sys/bus/pci/devices/0000:3c:00.0/numa_node', '-1\n');
  const probe = createTestProbe('cards');
  const addresses = ['0000:3b:00.0', '0000:3c:00.0', '0000:3d:00.0'];
  probe.devices = [...addresses.map((pci) => ({ ...testDevice(pci), pci })), testDevice('somewhere')];
  const found = await withNumaNodes(probe, openSystemFolder(tree.sysfs)).discover();
  expect(found.map(({ numaNode }) => numaNode)).toEqual([1, undefined, undefined, undefined]);
});
