import type { DeviceState } from '../../shared/contract/devices.ts';
import { providersOf, type ProviderProof } from './infrastructure/backends/onnx/providers/providers-of.ts';
import type { Device } from '../../shared/model/device.ts';

export interface ProviderView {
  /** The devices with the execution providers that reach them, as far as that is known. Begins to find it out. */
  show(states: readonly DeviceState[]): DeviceState[];
  /** The same, once it is known; without it after a moment. */
  showKnown(states: () => readonly DeviceState[]): Promise<DeviceState[]>;
}

interface ProviderViewOptions {
  /** All devices of the machine. */
  devices(): readonly Device[];
  /** Tries the providers once for the same devices. */
  prove(devices: readonly Device[]): Promise<readonly ProviderProof[]>;
  /** How long somebody who asks once waits for it. */
  readonly patienceMs?: number;
}

/** Nothing is tried on a machine without devices beside the processor: there the runtime has one provider, which is part of it. */
export const createProviderView = ({ devices, prove, patienceMs = 3000 }: ProviderViewOptions): ProviderView => {
  let proofs: readonly ProviderProof[] | undefined;

  const look = async (): Promise<void> => {
    const all = devices();
    if (!all.some(({ kind }) => kind !== 'cpu')) return;
    // A worker that cannot be had says so to every job; here it only leaves the lists as they are.
    proofs = await prove(all).catch(() => undefined);
  };

  const joined = (states: readonly DeviceState[]): DeviceState[] => {
    const known = proofs;
    if (!known) return [...states];
    return states.map((state) => (state.kind === 'cpu' ? state : { ...state, providers: providersOf(state, known, states) }));
  };

  return {
    show: (states) => {
      void look();
      return joined(states);
    },
    showKnown: async (states) => {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
      await Promise.race([look(), patience]);
      clearTimeout(timer);
      return joined(states());
    },
  };
};
