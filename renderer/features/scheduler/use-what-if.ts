import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { tryAgainInMs } from './try-again.ts';
import type { WhatIfState } from './what-if-store.ts';

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
    const wait = isConnected && !isRunning && source === 'queue' ? tryAgainInMs({ madeAt, triedAt, tookMs }, Date.now()) : undefined;
    if (wait === undefined) return undefined;
    const timer = setTimeout(() => void store.ask(), wait);
    return () => clearTimeout(timer);
  }, [store, isConnected, madeAt, triedAt, tookMs, isRunning, source]);
  useEffect(() => store.leave, [store]);
  return state;
};
