import { Worker } from 'node:worker_threads';
import type { DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';
import type { NvmlAnswer, NvmlRequest, NvmlThreadData } from './serve-nvml.ts';

export interface NvmlProbe extends AcceleratorProbe {
  /** Whether NVML can be loaded here; waits for the first look at it, not longer than a moment. */
  isUsable(): Promise<boolean>;
}

interface NvmlProbeOptions {
  /** The built nvml-thread.js, or its source. */
  readonly threadEntry: string;
  readonly data: NvmlThreadData;
  /** A cheap look whether the library may be there. */
  readonly mayBeThere: () => boolean;
}

const firstLookMs = 2000;

/**
 * NVIDIA's devices through NVML. Its calls block, up to for ever under a broken driver, so they are made on a thread of their own:
 * there they cost microseconds, where handing each single one to a pool costs 157 µs, and a hang keeps nothing but that thread.
 */
export const createNvmlProbe = ({ threadEntry, data, mayBeThere }: NvmlProbeOptions): NvmlProbe => {
  let thread: NvmlThread | undefined;
  /** Loading it hangs only where it is there. */
  let hasLibrary = true;
  const firstLook = Promise.withResolvers<void>();

  const start = (): NvmlThread => {
    const started = startThread(threadEntry, data, () => {
      if (thread === started) thread = undefined;
    });
    return started;
  };

  const close = (): void => {
    thread?.end();
    thread = undefined;
  };

  const ask = async (call: NvmlRequest['call']): Promise<unknown> => {
    thread ??= start();
    const answer = await thread.ask(call);
    if (answer.kind === 'error') throw new Error(answer.detail);
    return answer.kind === 'value' ? answer.value : undefined;
  };

  return {
    name: 'nvml',
    async discover() {
      const patience = setTimeout(firstLook.resolve, firstLookMs);
      try {
        // Types of answers go with the names of the calls in NvmlReader; one build makes both ends.
        const found = thread || mayBeThere() ? ((await ask('discover')) as FoundDevice[] | undefined) : undefined;
        hasLibrary = found !== undefined;
        if (!hasLibrary) close();
        return found ?? [];
      } finally {
        clearTimeout(patience);
        firstLook.resolve();
      }
    },
    sample: async () => (await ask('sample')) as Map<string, DeviceReading | { error: string }>,
    processes: async () => (await ask('processes')) as Map<string, DeviceProcess[]>,
    isUsable: () => firstLook.promise.then(() => hasLibrary),
    close,
  };
};

interface NvmlThread {
  ask(call: NvmlRequest['call']): Promise<NvmlAnswer>;
  end(): void;
}

const startThread = (entry: string, data: NvmlThreadData, onGone: () => void): NvmlThread => {
  // It holds little more than the binding.
  const worker = new Worker(entry, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 } });
  const open = new Map<number, { resolve: (answer: NvmlAnswer) => void; reject: (error: Error) => void }>();
  let lastId = 0;

  const gone = (error: Error): void => {
    onGone();
    for (const waiter of open.values()) waiter.reject(error);
    open.clear();
  };
  worker.on('message', (answer: NvmlAnswer) => {
    open.get(answer.id)?.resolve(answer);
    open.delete(answer.id);
  });
  worker.on('error', (error) => gone(new Error('the thread that asks NVML failed', { cause: error })));
  worker.on('exit', () => gone(new Error('the thread that asks NVML has ended')));

  return {
    ask: (call) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        open.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, call } satisfies NvmlRequest);
      }),
    end: () => void worker.terminate(),
  };
};
