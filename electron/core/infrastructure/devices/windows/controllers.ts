import type { FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';

/** What systeminformation tells of a graphics controller on Windows. */
export interface Controller {
  readonly vendor: string;
  readonly model: string;
  /** In MiB. */
  readonly vram: number | null;
  /** Shared with the machine. */
  readonly vramDynamic: boolean;
  readonly driverVersion?: string;
}

/** Drawn by software, or by another machine. */
const cannotCompute = /Microsoft (Basic|Remote|Hyper-V)|VMware|VirtualBox|Parallels|Citrix|DisplayLink|QXL|Virtio/i;

/** Controllers that compute; those of NVIDIA have a library of their own. Windows tells no address, so that one is known by its name. */
export const describeControllers = (controllers: readonly Controller[]): FoundDevice[] => {
  const own = controllers.filter(
    ({ vendor, model }) => model !== '' && !/nvidia/i.test(`${vendor} ${model}`) && !cannotCompute.test(model),
  );
  return own.map(({ vendor, model, vram, vramDynamic, driverVersion }, index) => {
    const earlier = own.slice(0, index).filter((other) => other.model === model).length;
    return present<FoundDevice>({
      key: `windows/${model}${earlier === 0 ? '' : `/${earlier}`}`,
      kind: 'gpu',
      name: model,
      vendor: nameVendor(vendor),
      driver: driverVersion || undefined,
      memoryTotalBytes: vram !== null && vram > 0 && !vramDynamic ? vram * 2 ** 20 : undefined,
      providers: [],
    });
  });
};

const nameVendor = (vendor: string): string | undefined => {
  if (/intel/i.test(vendor)) return 'Intel';
  if (/amd|advanced micro devices|ati technologies/i.test(vendor)) return 'AMD';
  return vendor || undefined;
};
