import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import type { RunProgram } from '../run-program.ts';
import { parseAccelerators, type Accelerator } from './accelerators.ts';
import { parseDisplays, type AppleGpu } from './displays.ts';

interface AppleProbeOptions {
  readonly run: RunProgram;
  /** Milliseconds that never step back. */
  readonly now: () => number;
}

/** What there is changes when a card is plugged in, and asking takes most of a second. */
const looksEveryMs = 60_000;
/** Each reading starts a program. */
const readsEveryMs = 5000;

/** Graphics processors of a Mac, through the two programs of macOS that tell of them without being its administrator. */
export const createAppleProbe = ({ run, now }: AppleProbeOptions): AcceleratorProbe => {
  let gpus: readonly AppleGpu[] = [];
  let lookedAt = -Infinity;
  let accelerators: readonly Accelerator[] = [];
  let readAt = -Infinity;

  const look = async (): Promise<void> => {
    lookedAt = now();
    const found = parseDisplays(await run('system_profiler', ['SPDisplaysDataType', '-json']));
    if (found === undefined) throw new Error('system_profiler did not answer with a list of displays');
    gpus = found;
  };
  const read = async (): Promise<void> => {
    readAt = now();
    // Without figures the devices are still there.
    accelerators = await run('ioreg', ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator', '-l']).then(parseAccelerators, () => []);
  };

  return {
    name: 'macos',
    discover: async () => {
      if (now() - lookedAt >= looksEveryMs) await look();
      return describeGpus(gpus);
    },
    sample: async () => {
      if (gpus.length === 0) return new Map();
      if (now() - readAt >= readsEveryMs) await read();
      return new Map(describeGpus(gpus).map(({ key }, index) => [key, findReading(gpus, index, accelerators)]));
    },
    // macOS does not tell who uses a graphics processor.
    processes: () => Promise.resolve(new Map()),
    close: () => {
      gpus = [];
    },
  };
};

/** Nothing that macOS tells of a card outlasts a start, so that it is known by its name, and the second of a name by its number. */
const describeGpus = (gpus: readonly AppleGpu[]): FoundDevice[] =>
  gpus.map((gpu, index) => {
    const earlier = gpus.slice(0, index).filter(({ name }) => name === gpu.name).length;
    return { key: `macos/${gpu.name}${earlier === 0 ? '' : `/${earlier}`}`, kind: 'gpu', ...gpu, providers: [] };
  });

/** The two programs share no name: the second AMD card of one is the second AMD driver of the other. */
const findReading = (gpus: readonly AppleGpu[], index: number, accelerators: readonly Accelerator[]): Accelerator['reading'] => {
  const vendor = gpus[index]?.vendor;
  const earlier = gpus.slice(0, index).filter((gpu) => gpu.vendor === vendor).length;
  return accelerators.filter((accelerator) => accelerator.vendor === vendor)[earlier]?.reading ?? {};
};
