import type { AcceleratorProbe } from '../../../ports.ts';
import { realClock } from '../sampler/clock.ts';
import { openSystemFolder } from '../sysfs/system-folder.ts';
import { isInPath, mayHaveNvml, realFiles } from './find-nvml.ts';
import { createNvidiaSmiProbe } from './nvidia-smi-probe.ts';
import { createNvmlProbe } from './nvml-probe.ts';

interface NvidiaProbesOptions {
  readonly platform: NodeJS.Platform;
  readonly procfs: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly threadEntry: string;
}

/** NVIDIA's devices by its library; by its program where the library cannot be loaded. */
export const createNvidiaProbes = ({ platform, procfs, variables, threadEntry }: NvidiaProbesOptions): AcceleratorProbe[] => {
  const nvml = createNvmlProbe({
    threadEntry,
    data: { platform, procfs },
    mayBeThere: () => mayHaveNvml(platform, variables, realFiles),
  });
  const program = platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi';
  const nvidiaSmi = createNvidiaSmiProbe({
    isWanted: async () => !(await nvml.isUsable()) && isInPath(program, variables, realFiles),
    environment: variables,
    proc: openSystemFolder(procfs),
    clock: realClock,
  });
  return [nvml, nvidiaSmi];
};
