import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import type { SystemFolder } from './system-folder.ts';

/** The same probe, whose devices tell on which NUMA node they hang as well, where the bus knows it. */
export const withNumaNodes = (probe: AcceleratorProbe, sys: SystemFolder): AcceleratorProbe => ({
  ...probe,
  discover: async () => (await probe.discover()).map((device) => withNumaNode(device, sys)),
});

const withNumaNode = (device: FoundDevice, sys: SystemFolder): FoundDevice => {
  const node = device.pci === undefined ? undefined : sys.number(`bus/pci/devices/${device.pci}/numa_node`);
  // -1 where the firmware does not tell.
  return node === undefined || node < 0 ? device : { ...device, numaNode: node };
};
