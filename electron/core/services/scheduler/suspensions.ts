import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { Decision, Standstill } from '../../scheduler-port.ts';
import { freeCores, tolerance } from './allocation.ts';
import type { DeviceIndex } from './device-index.ts';
import type { Ledger, Running } from './ledger.ts';

interface SuspensionOptions {
  readonly ledger: Ledger;
  readonly index: () => DeviceIndex;
  readonly isPaused: () => boolean;
  /** Books other cores for what runs already; it has stood still for so long. */
  setCores(one: Running, cores: number, stoodStillMs: number): void;
  now(): number;
}

/**
 * Tasks that stand still: they keep their memory and their devices, their cores are free for others. One that is to go on gets its cores
 * before anybody else gets any of its processor, since it holds memory for which others may wait.
 */
export interface Suspensions {
  suspend(task: string): void;
  recover(task: string, standstill: Standstill): void;
  /** It is to go on as soon as its cores are free. */
  want(task: string): void;
  forget(task: string): void;
  /** Lets go on who can, in the order in which that was asked for. */
  resume(): Extract<Decision, { kind: 'resume' }>[];
  /** Processors of which nobody else gets cores now, with who waits for them. */
  kept(): ReadonlyMap<string, Running>;
  of(task: string): Standstill | undefined;
  explain(task: string): WaitReason | undefined;
}

export const createSuspensions = ({ ledger, index, isPaused, setCores, now }: SuspensionOptions): Suspensions => {
  /** Since when, by task. */
  const suspended = new Map<string, number>();
  /** Those that are to go on, with their turns: the least goes on first. */
  const wanted = new Map<string, number>();

  const suspend = (task: string, since: number): void => {
    const one = ledger.running.get(task);
    if (!one) return;
    wanted.delete(task);
    suspended.set(task, since);
    setCores(one, 0, 0);
  };

  const fits = ({ task, grant }: Running): boolean => {
    const processor = index().get(grant.device);
    return processor !== undefined && task.cores <= freeCores({ ledger }, processor) + tolerance;
  };

  const wantedOnes = (): Running[] => [...wanted].toSorted(([, a], [, b]) => a - b).flatMap(([task]) => ledger.running.get(task) ?? []);

  const explain: Suspensions['explain'] = (id) => {
    const one = ledger.running.get(id);
    if (!one || !suspended.has(id)) return undefined;
    const { task, grant } = one;
    if (!wanted.has(id)) {
      const devices = grant.accelerators.map(({ device }) => device);
      return { code: 'paused', values: { cores: task.cores, memoryBytes: grant.memoryBytes, ...(devices.length > 0 && { devices }) } };
    }
    if (isPaused()) return { code: 'queue-paused', values: {} };
    const processor = index().get(grant.device);
    if (!processor) return { code: 'device-unusable', values: { devices: [grant.device], why: { code: 'device-gone', values: {} } } };
    const holders = [...ledger.on(grant.device).tasks.values()].filter((other) => other.id !== id && !suspended.has(other.id));
    const freeCoresNow = Math.max(0, freeCores({ ledger }, processor));
    return {
      code: 'cores-busy',
      values: {
        needCores: task.cores,
        freeCores: freeCoresNow,
        totalCores: processor.cores,
        holders: holders.slice(0, 5).map(({ job }) => job),
      },
    };
  };

  return {
    suspend: (task) => suspend(task, now()),
    recover(task, { since, turn }) {
      suspend(task, since);
      if (turn !== undefined) wanted.set(task, turn);
    },
    want(task) {
      if (suspended.has(task) && !wanted.has(task)) wanted.set(task, Math.max(0, ...wanted.values()) + 1);
    },
    forget(task) {
      suspended.delete(task);
      wanted.delete(task);
    },
    resume() {
      const decisions: Extract<Decision, { kind: 'resume' }>[] = [];
      const blocked = new Set<string>();
      for (const one of wantedOnes()) {
        // The first in line for a processor is not overtaken by one that needs less of it.
        if (blocked.has(one.grant.device) || !fits(one)) {
          blocked.add(one.grant.device);
          continue;
        }
        const { task, grant } = one;
        setCores(one, task.cores, Math.max(0, now() - (suspended.get(task.id) ?? now())));
        suspended.delete(task.id);
        wanted.delete(task.id);
        decisions.push({ kind: 'resume', task: task.id, grant: { ...grant, cores: task.cores } });
      }
      return decisions;
    },
    kept: () =>
      new Map(
        wantedOnes()
          .toReversed()
          .map((one) => [one.grant.device, one]),
      ),
    of(task) {
      const since = suspended.get(task);
      const turn = wanted.get(task);
      return since === undefined ? undefined : { since, ...(turn !== undefined && { turn }) };
    },
    explain,
  };
};
