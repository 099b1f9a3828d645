import type { Dependency, Remembered, TaskRequest } from '../../scheduler-port.ts';
import type { Lateness } from './admission.ts';
import type { Branch } from './group-tree.ts';
import type { InLine } from './line.ts';
import type { Standing } from './policy.ts';

/**
 * Where a task stands. `ready` may start; `gathered` starts with another one that is ready, or waits for those that start with it; the others
 * stand aside: for a backend, for a time, for other tasks, by hand.
 */
export type Place = 'ready' | 'gathered' | 'parked' | 'timed' | 'blocked' | 'held';

export interface Waiting extends InLine, Standing, Remembered {
  task: TaskRequest;
  longestMs: number;
  gang?: readonly Waiting[];
  place: Place;
  /** Of one that is `timed`: when it may begin. */
  beginsAt?: number;
  /** Of one that keeps hours and may start: until when. */
  closesAt?: number;
  /** Present while it cannot end by its deadline. */
  lateness?: Lateness;
  readonly typicalSeconds: number;
  readonly leaf: Branch;
  /** Tasks it still waits for. */
  readonly unmet: Map<string, Dependency>;
}
