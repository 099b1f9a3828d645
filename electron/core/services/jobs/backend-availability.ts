import type { Lifetime } from '../../lib/lifetime.ts';
import type { Availability, Backend } from '../../ports.ts';
import type { SchedulerEvent } from '../../scheduler-port.ts';
import { backendOf, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';

/** The backends, and which of them cannot run jobs now. */
export interface BackendAvailability {
  of(entry: JobEntry): Backend;
  check(): Promise<void>;
  /** Whoever learns it tells it here, so that a backend that has gone is always asked again. */
  set(backend: Backend, availability: Availability): void;
}

interface AvailabilityOptions {
  readonly backends: readonly Backend[];
  readonly table: JobTable;
  readonly lifetime: Lifetime;
  readonly apply: (event: SchedulerEvent) => void;
}

/** How often a backend that cannot run jobs is asked again. */
const recheckMs = 5000;

export const watchBackends = ({ backends, table, lifetime, apply }: AvailabilityOptions): BackendAvailability => {
  const byName = new Map(backends.map((backend) => [backend.name, backend]));
  const unavailable = new Set<string>();

  const set: BackendAvailability['set'] = (backend, availability) => {
    if (availability.kind === 'ready') {
      unavailable.delete(backend.name);
      apply({ kind: 'backendChanged', backend: backend.name });
    } else {
      unavailable.add(backend.name);
      apply({ kind: 'backendChanged', backend: backend.name, unavailable: availability.detail });
    }
  };

  const checkOne = async (backend: Backend): Promise<void> => set(backend, await backend.check(lifetime.signal));

  const recheck = setInterval(() => {
    for (const backend of backends) {
      if (unavailable.has(backend.name) && table.hasWaitingFor(backend.name)) void checkOne(backend);
    }
  }, recheckMs);
  lifetime.add(() => clearInterval(recheck));

  return {
    of: (entry) => {
      const backend = byName.get(backendOf(entry.spec));
      if (!backend) throw new Error(`no backend runs ${entry.spec.runtime}`);
      return backend;
    },
    check: async () => void (await Promise.all(backends.map(checkOne))),
    set,
  };
};
