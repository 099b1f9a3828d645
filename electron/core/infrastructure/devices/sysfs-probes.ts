import type { AcceleratorProbe } from '../../ports.ts';
import { createAmdProbe } from './amd/amd-probe.ts';
import { createAppleProbe } from './apple/apple-probe.ts';
import { createFpgaProbe } from './fpga/fpga-probe.ts';
import { createXrtReadings } from './fpga/xrt-readings.ts';
import { createIntelProbe } from './intel/intel-probe.ts';
import { createNpuProbe } from './npu/npu-probe.ts';
import { runProgram, type RunProgram } from './run-program.ts';
import { createClientLoads } from './sysfs/client-load.ts';
import { createNodeUsers } from './sysfs/node-users.ts';
import { createNameDevice, pciIdFiles } from './sysfs/pci-names.ts';
import { createRates } from './sysfs/rates.ts';
import { openSystemFolder } from './sysfs/system-folder.ts';
import type { System } from './sysfs/system.ts';
import type { Controller } from './windows/controllers.ts';
import { startCounterReader } from './windows/counter-reader.ts';
import { createWindowsProbe } from './windows/windows-probe.ts';

export interface SysfsProbeOptions {
  readonly sysfs: string;
  readonly procfs: string;
  /** Lists that name devices on the bus; the first that can be read counts. */
  readonly pciIds?: readonly string[];
  /** Milliseconds that never step back. */
  readonly now?: () => number;
  /** Starts the programs of makers that tell what the kernel does not. */
  readonly run?: RunProgram;
}

/** Probes of all devices that are not NVIDIA's, which have a library of their own; on systems without sysfs, of those that they have instead. */
export const createSysfsProbes = ({
  sysfs,
  procfs,
  pciIds = pciIdFiles,
  now = () => performance.now(),
  run = runProgram,
}: SysfsProbeOptions): AcceleratorProbe[] => {
  const proc = openSystemFolder(procfs);
  const users = createNodeUsers(proc, now);
  const system: System = {
    sys: openSystemFolder(sysfs),
    proc,
    users,
    rates: createRates(now),
    clientLoad: createClientLoads(users, now),
    nameDevice: createNameDevice(pciIds),
  };
  return [
    createAmdProbe(system),
    createIntelProbe(system),
    createNpuProbe(system),
    createFpgaProbe(system, createXrtReadings({ run, now })),
    ...(process.platform === 'darwin' ? [createAppleProbe({ run, now })] : []),
    ...(process.platform === 'win32' ? [createWindowsProbe({ listControllers, startReader: startCounterReader, now })] : []),
  ];
};

const listControllers = async (): Promise<readonly Controller[]> => {
  const { default: system } = await import('systeminformation');
  return (await system.graphics()).controllers;
};
