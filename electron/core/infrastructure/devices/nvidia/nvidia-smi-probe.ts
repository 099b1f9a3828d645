import type { AcceleratorProbe } from '../../../ports.ts';
import type { Clock } from '../sampler/clock.ts';
import type { SystemFolder } from '../sysfs/system-folder.ts';
import { watchGpus } from './nvidia-smi-gpus.ts';
import { watchProcesses } from './nvidia-smi-processes.ts';

interface NvidiaSmiOptions {
  /** False while another way to the same devices works, or the program is not there. */
  readonly isWanted: () => Promise<boolean>;
  readonly environment: NodeJS.ProcessEnv;
  readonly proc: SystemFolder;
  readonly clock: Clock;
}

/**
 * NVIDIA's devices through its program, where its library cannot be loaded. The program runs on and writes every second by itself:
 * starting it takes up to a second and wakes every GPU.
 */
export const createNvidiaSmiProbe = (options: NvidiaSmiOptions): AcceleratorProbe => {
  const gpus = watchGpus(options);
  const processes = watchProcesses(options);
  const close = (): void => {
    gpus.end();
    processes.end();
  };
  return {
    name: 'nvidia-smi',
    async discover() {
      if (!(await options.isWanted())) {
        close();
        return [];
      }
      const rows = await gpus.fresh();
      // So that the first lists are there when they are asked for.
      if (rows.length > 0) processes.newest();
      return rows.map(({ found }) => found);
    },
    sample: async () => new Map((await gpus.fresh()).map(({ found, reading }) => [found.key, reading])),
    async processes() {
      const rows = await gpus.fresh();
      const lists = processes.newest();
      return new Map(rows.map(({ found: { key } }) => [key, lists.get(key) ?? []]));
    },
    close,
  };
};
