import type { Device } from '../../../../../../shared/model/device.ts';
import { providerNames, type ProviderName } from './provider-names.ts';

/** What came of trying a provider; without a problem it works. */
export interface ProviderProof {
  readonly name: ProviderName;
  readonly problem?: string;
}

/** What of a device decides who reaches it. */
type Reached = Pick<Device, 'id' | 'kind' | 'name' | 'vendor' | 'uuid' | 'parent'>;

/**
 * The providers that work and compute on a device, the one to take first. WebGPU and DirectML cannot be told which adapter to use, so
 * they reach a GPU only where it is the only one; `all` are the devices of the machine. Pure.
 */
export const providersOf = (device: Reached, proofs: readonly ProviderProof[], all: readonly Reached[]): ProviderName[] => {
  const works = new Set(proofs.filter(({ problem }) => problem === undefined).map(({ name }) => name));
  return reaching(device, all).filter((name) => works.has(name));
};

/** All that would reach it, whether they work or not. */
export const reaching = (device: Reached, all: readonly Reached[]): ProviderName[] =>
  providerNames.filter((name) => reaches(name, device, all));

const reaches = (name: ProviderName, device: Reached, all: readonly Reached[]): boolean => {
  switch (name) {
    case 'cpu':
      return device.kind === 'cpu';
    case 'cuda':
    case 'tensorrt':
      return device.kind === 'gpu' && isOf(device, /nvidia/i);
    case 'coreml':
      return (device.kind === 'gpu' || device.kind === 'npu') && isOf(device, /apple/i);
    case 'dml':
    case 'webgpu':
      return device.kind === 'gpu' && isOnlyGpu(device, all);
  }
};

const isOf = ({ vendor, name }: Reached, maker: RegExp): boolean => maker.test(vendor ?? name);

/** A share of the memory of the only GPU is on it as well; a hardware partition is no adapter of its own. */
const isOnlyGpu = (device: Reached, all: readonly Reached[]): boolean => {
  const whole = all.filter(({ kind, parent }) => kind === 'gpu' && parent === undefined);
  return whole.length === 1 && !device.uuid?.startsWith('MIG-') && [device.id, device.parent].includes(whole[0]?.id);
};
