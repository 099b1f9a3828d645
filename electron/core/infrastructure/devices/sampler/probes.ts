import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AcceleratorProbe } from '../../../ports.ts';
import { createNvidiaProbes } from '../nvidia/nvidia-probes.ts';
import { createSysfsProbes } from '../sysfs-probes.ts';
import { withNumaNodes } from '../sysfs/numa-node.ts';
import { openSystemFolder } from '../sysfs/system-folder.ts';

export interface ProbeEnvironment {
  readonly platform: NodeJS.Platform;
  /** Where the kernel's files are; others than /sys and /proc only in tests and containers. */
  readonly sysfs: string;
  readonly procfs: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Folder of the built entries. */
  readonly entriesFolder: string;
}

/** The one list of the probes that the sampler process runs. */
export const createProbes = ({ platform, sysfs, procfs, variables, entriesFolder }: ProbeEnvironment): AcceleratorProbe[] => {
  const sys = openSystemFolder(sysfs);
  const nvidia = createNvidiaProbes({ platform, procfs, variables, threadEntry: entryIn(entriesFolder, 'nvml-thread') });
  return [...nvidia, ...createSysfsProbes({ sysfs, procfs })].map((probe) => withNumaNodes(probe, sys));
};

export const probeEnvironment = (variables: NodeJS.ProcessEnv, entriesFolder: string): ProbeEnvironment => ({
  platform: process.platform,
  sysfs: variables['SWITCHYARD_SYSFS'] ?? '/sys',
  procfs: variables['SWITCHYARD_PROCFS'] ?? '/proc',
  variables,
  entriesFolder,
});

/** A built entry, or its source where the sampler itself runs from source. */
const entryIn = (folder: string, name: string): string => {
  const built = join(folder, `${name}.js`);
  return existsSync(built) ? built : join(folder, `${name}.ts`);
};
