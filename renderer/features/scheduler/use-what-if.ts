import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import type { WhatIfState } from './what-if-store.ts';

/** Not more often than this, and never for more than a twentieth of the time. */
const pauseMs = 15_000;
const pauseTimes = 20;

/** Tries every policy when the page opens, when policy or groups have changed, and now and then while the queue changes. */
export const useWhatIf = (): WhatIfState => {
  const { whatIf: store, status, groups, plan } = useParts();
  const isConnected = useConnected();
  const state = useStore(store);
  const policy = useStore(status, (value) => value.status?.policy);
  const settings = useStore(groups, (value) =>
    value.groups?.map(({ name, weight, quota }) => JSON.stringify([name, weight, quota])).join(),
  );
  const madeAt = useStore(plan, (value) => value.plan?.madeAt ?? 0);
  const { isRunning, triedAt, tookMs, source } = state;
  useEffect(() => {
    // Both come a moment after the page.
    if (isConnected && policy !== undefined && settings !== undefined) void store.ask();
  }, [store, isConnected, policy, settings]);
  useEffect(() => {
    const isOld = madeAt > triedAt + Math.max(pauseMs, tookMs * pauseTimes);
    if (isConnected && isOld && !isRunning && source === 'queue') void store.ask();
  }, [store, isConnected, madeAt, triedAt, tookMs, isRunning, source]);
  useEffect(() => store.leave, [store]);
  return state;
};
