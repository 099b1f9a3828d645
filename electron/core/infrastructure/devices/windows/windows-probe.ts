import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import { describeControllers, type Controller } from './controllers.ts';
import type { CounterReader } from './counter-reader.ts';
import { findAdapter, type AdapterRound } from './counters.ts';

interface WindowsProbeOptions {
  readonly listControllers: () => Promise<readonly Controller[]>;
  readonly startReader: () => CounterReader;
  /** Milliseconds that never step back. */
  readonly now: () => number;
}

/** Asking starts programs. */
const looksEveryMs = 60_000;

/** Graphics processors of Windows that are not NVIDIA's. */
export const createWindowsProbe = ({ listControllers, startReader, now }: WindowsProbeOptions): AcceleratorProbe => {
  let devices: readonly FoundDevice[] = [];
  let lookedAt = -Infinity;
  let reader: CounterReader | undefined;

  const answer = <T>(ask: (adapter: AdapterRound | undefined) => T): Map<string, T> => {
    const round = reader?.latest() ?? new Map<string, AdapterRound>();
    return new Map(
      devices.map(({ key, name }, index) => {
        const earlier = devices.slice(0, index).filter((device) => device.name === name).length;
        return [key, ask(findAdapter(round, name, earlier))];
      }),
    );
  };

  return {
    name: 'windows',
    discover: async () => {
      if (now() - lookedAt >= looksEveryMs) {
        lookedAt = now();
        devices = describeControllers(await listControllers());
        if (devices.length > 0) reader ??= startReader();
      }
      return [...devices];
    },
    sample: () => Promise.resolve(answer((adapter) => adapter?.reading ?? {})),
    processes: () => Promise.resolve(answer((adapter) => adapter?.processes ?? [])),
    close: () => {
      reader?.close();
      reader = undefined;
      devices = [];
    },
  };
};
