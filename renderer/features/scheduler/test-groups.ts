import type { GroupState } from '../../../shared/contract/scheduler.ts';

/** A group that has nothing and wants nothing; tests say what matters. */
export const groupOf = (name: string, change: Partial<GroupState> = {}): GroupState => ({
  name,
  weight: 1,
  quota: {},
  sharePercent: 0,
  used: { coreSeconds: 0, byteSeconds: 0, deviceSeconds: {} },
  running: 0,
  waiting: 0,
  ...change,
});
