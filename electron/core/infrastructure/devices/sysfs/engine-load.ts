import type { DrmUsage, EngineTime } from './drm-usage.ts';

/** All clients of one device at one time. `at` is in milliseconds that never step back. */
export interface ClientReading {
  readonly at: number;
  /** By client id. */
  readonly clients: ReadonlyMap<string, DrmUsage>;
}

/**
 * The busiest engine of a device between two readings, 0 to 100. A client counts from its second reading on; undefined when no time
 * has passed, or when there are clients but none was there before.
 */
export const engineLoad = (before: ClientReading | undefined, after: ClientReading): number | undefined => {
  if (before === undefined || after.at <= before.at) return undefined;
  if (after.clients.size === 0) return 0;
  const elapsedNs = (after.at - before.at) * 1e6;
  const loads = new Map<string, number>();
  for (const [id, client] of after.clients) {
    for (const [engine, time] of client.engines) {
      const share = shareOf(before.clients.get(id)?.engines.get(engine), time, elapsedNs);
      if (share !== undefined) loads.set(engine, (loads.get(engine) ?? 0) + share / time.capacity);
    }
  }
  // Clients are read one after the other, so that their sum may come out a little above the whole.
  return loads.size === 0 ? undefined : Math.min(100, Math.max(...loads.values()) * 100);
};

/** Engines of which one client used the share; counters may step back for a moment, which is no work. */
const shareOf = (before: EngineTime | undefined, after: EngineTime, elapsedNs: number): number | undefined => {
  if (before?.kind === 'time' && after.kind === 'time') return Math.max(0, after.busyNs - before.busyNs) / elapsedNs;
  if (before?.kind !== 'cycles' || after.kind !== 'cycles') return undefined;
  const passed = after.total - before.total;
  return passed > 0 ? Math.max(0, after.busy - before.busy) / passed : undefined;
};
