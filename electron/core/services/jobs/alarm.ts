import type { Lifetime } from '../../lib/lifetime.ts';
import { setLongTimeout } from '../../lib/long-timeout.ts';

interface AlarmOptions {
  /** When to ring next; it changes with every event. */
  readonly at: () => number | undefined;
  readonly ring: () => void;
  readonly now: () => number;
  readonly lifetime: Lifetime;
}

/** Tells the scheduler that a time has come at which something may start. What it answers is to be called after every event. */
export const createAlarm = ({ at, ring, now, lifetime }: AlarmOptions): (() => void) => {
  let set: number | undefined;
  let forget: (() => void) | undefined;
  lifetime.add(() => forget?.());
  return () => {
    const next = at();
    if (next === set || lifetime.signal.aborted) return;
    forget?.();
    set = next;
    forget = undefined;
    if (next === undefined) return;
    forget = setLongTimeout(
      () => {
        set = undefined;
        ring();
      },
      Math.max(0, next - now()),
    );
  };
};
