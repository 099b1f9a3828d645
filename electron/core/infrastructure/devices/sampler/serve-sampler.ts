import type { AcceleratorProbe } from '../../../ports.ts';
import type { Clock } from './clock.ts';
import type { FromSampler } from './sampler-messages.ts';
import { watchProbe, type Readings } from './watch-probe.ts';

const tickMs = 1000;
/** So long the readings of one tick wait for each other; one that comes later goes alone. */
const gatherMs = 250;

interface SamplerOptions {
  readonly probes: readonly AcceleratorProbe[];
  readonly clock: Clock;
  readonly tell: (message: FromSampler) => void;
}

export interface ServedSampler {
  watchProcesses(isWatched: boolean): void;
  close(): void;
}

/**
 * Runs the probes, each on its own: one that hangs or throws holds up no other. Every second, while there is anything to measure, it
 * tells the readings in one message, an empty one too: that is its sign of life. Where nothing is found it looks again now and then and
 * is silent.
 */
export const serveSampler = ({ probes, clock, tell }: SamplerOptions): ServedSampler => {
  let gathered: [string, NonNullable<ReturnType<Readings['get']>>][] = [];
  let openRounds = 0;
  let hasGathered = true;
  let isWatched = false;
  let notLooked = probes.length;
  let tickedAt = clock.monotonicMs();
  let isClosed = false;
  let cancelTick = (): void => undefined;
  let cancelGather = (): void => undefined;

  const watches = probes.map((probe) =>
    watchProbe({
      probe,
      clock,
      tell,
      putReadings: (readings) => void gathered.push(...readings),
      onLooked: () => {
        notLooked -= 1;
        if (notLooked === 0) tell({ kind: 'looked' });
      },
    }),
  );

  const flush = (): void => {
    cancelGather();
    const isSign = !hasGathered && watches.some((watch) => watch.isActive());
    if (gathered.length > 0 || isSign) tell({ kind: 'readings', at: clock.now(), readings: gathered });
    gathered = [];
    hasGathered = true;
  };

  const settled = (): void => {
    openRounds -= 1;
    if (isClosed) return;
    if (openRounds === 0 || hasGathered) flush();
    schedule();
  };

  const tick = (): void => {
    tickedAt = clock.monotonicMs();
    hasGathered = false;
    for (const watch of watches) {
      const round = watch.tick(isWatched);
      if (!round) continue;
      openRounds += 1;
      void round.then(settled);
    }
    if (openRounds === 0) flush();
    else cancelGather = clock.after(gatherMs, flush);
    schedule();
  };

  /** Found anew after each answer, because what was found decides when to come again. */
  const schedule = (): void => {
    cancelTick();
    const isActive = watches.some((watch) => watch.isActive());
    const nextAt = isActive ? tickedAt + tickMs : Math.min(...watches.map((watch) => watch.looksAtMs()));
    if (watches.length > 0) cancelTick = clock.after(Math.max(0, nextAt - clock.monotonicMs()), tick);
  };

  if (notLooked === 0) tell({ kind: 'looked' });
  tick();

  return {
    watchProcesses: (isNowWatched) => void (isWatched = isNowWatched),
    close() {
      isClosed = true;
      cancelTick();
      cancelGather();
      for (const probe of probes) probe.close();
    },
  };
};
