import type { Device } from '../../../../../../shared/model/device.ts';
import type { FailReason } from '../../../../../../shared/model/reason.ts';
import type { TaskRun } from '../../../../ports.ts';
import type { ProviderName } from './provider-names.ts';
import { providersOf, reaching, type ProviderProof } from './providers-of.ts';

/** What an attempt's sessions run on. */
export interface Place {
  readonly provider: ProviderName;
  /** The device that was granted beside the processor, as far as sessions use one: they use the first. */
  readonly accelerator?: Device;
  /** The device that was granted and that no provider reaches. */
  readonly fellBackFrom?: string;
}

/**
 * The provider for what was granted. A job without a device runs on the processor; one with a device runs there, and on the processor
 * only if it says that it may. Pure.
 */
export const choosePlace = (
  run: Pick<TaskRun, 'spec' | 'accelerators'>,
  proofs: readonly ProviderProof[],
  all: readonly Device[],
): Place | FailReason => {
  const [accelerator] = run.accelerators ?? [];
  if (!accelerator) return { provider: 'cpu' };
  const provider = providerFor(accelerator, proofs, all);
  if (typeof provider === 'string') return { provider, accelerator };
  return run.spec.resources.mayFallBack ? { provider: 'cpu', fellBackFrom: accelerator.id } : provider;
};

/** The provider to take for a device, or why there is none. Pure. */
export const providerFor = (device: Device, proofs: readonly ProviderProof[], all: readonly Device[]): ProviderName | FailReason => {
  const [provider] = providersOf(device, proofs, all);
  if (provider) return provider;
  const wanted = reaching(device, all).map((name) => proofs.find((proof) => proof.name === name));
  const problems = wanted.filter((proof) => proof?.problem !== undefined);
  return unreached(device, proofs, problems.map((proof) => `${proof?.name}: ${proof?.problem}`).join(' '));
};

/** Why a device cannot be used, with what the runtime said. */
export const unreached = ({ id, kind }: Device, proofs: readonly ProviderProof[], detail: string): FailReason => {
  const working = proofs.filter(({ problem }) => problem === undefined).map(({ name }) => name);
  return { code: 'provider-unavailable', values: { device: id, kind, known: working.join(', '), ...(detail !== '' && { detail }) } };
};
