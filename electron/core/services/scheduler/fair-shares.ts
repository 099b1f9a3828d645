import type { GroupState } from '../../../../shared/contract/scheduler.ts';
import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { Capacity, Grant, GroupSettings, GroupUse, TaskRequest } from '../../scheduler-port.ts';
import { createGroupTree, groupName, siblingsAbove, upwards, type Branch } from './group-tree.ts';
import { sizeOf } from './machine-size.ts';
import { createUse, resources, type Amounts } from './use.ts';

/** Who has used how much, and whose turn it is. */
export interface FairShares {
  /** Before anything else is told or asked: the time of what follows, in milliseconds. A clock that went back counts as standing still. */
  advance(now: number): void;
  setCapacity(capacity: Capacity): void;
  set(group: string, settings: GroupSettings): void;
  /** It has run since `startedAt`, else since now. */
  hold(task: TaskRequest, grant: Grant, startedAt?: number): void;
  /** What runs already holds this from now on. */
  regrant(task: string, grant: Grant): void;
  release(task: string): void;
  leafOf(group: string): Branch;
  /** Whose turn comes first, level by level: the least dominant share for its weight among siblings, then the name. */
  compare(a: Branch, b: Branch): number;
  /** What the branch has for its weight, were it to hold `more` as well. */
  shareOf(branch: Branch, more?: Amounts): number;
  demandOf(task: TaskRequest): Amounts;
  /** Present when the task would take its group, or one that it is a part of, beyond a quota. */
  overQuota(task: TaskRequest, count: number): Extract<WaitReason, { code: 'group-quota' }> | undefined;
  states(now: number, waiting: Iterable<TaskRequest>): GroupState[];
  /** How long tasks have taken on average of late. */
  readonly typicalSeconds: number;
  settingsOf(group: string): GroupSettings;
  /** Of every group that has ever been named. */
  settings(): Record<string, GroupSettings>;
  /** For the next core. */
  use(now: number): GroupUse;
}

/** How long tasks take, before the first has ended. */
const firstGuessSeconds = 60;
/** How many of the latest ends the mean is over, roughly. */
const endsRemembered = 32;
/** Least length of a task, so that shares stay numbers when nothing takes any time. */
const leastSeconds = 0.001;
const tolerance = 1e-9;

interface Holding {
  readonly leaf: Branch;
  readonly amounts: Amounts;
  readonly devices: ReadonlyMap<string, number>;
  /** By the clock. */
  readonly since: number;
}

/**
 * Weighted dominant resource fairness with use that fades (scheduling rules, 1.2 and 1.4). A share is the average of a resource's part that
 * a group has used, over the time that counts, and the part that it holds now, which counts for as long as tasks take on average: with
 * no past this is the dominant share of Ghodsi et al., with a long one Slurm's fair tree. Without the second term whoever is behind would
 * be given everything until it is ahead by a whole machine full of tasks.
 */
export const createFairShares = (
  capacity: Capacity,
  { settings, use }: { settings: Readonly<Record<string, GroupSettings>>; use?: GroupUse },
): FairShares => {
  const tree = createGroupTree(settings);
  const holdings = new Map<string, Holding>();
  /** All the time that counts, fading like any use. */
  const time = createUse();
  time.held[0] = 1;
  let size = sizeOf(capacity);
  /** The most there ever was: that other programs take memory for a while changes nobody's turn. */
  let { total } = size;
  let kinds = new Map(capacity.devices.map(({ id, kind }) => [id, kind]));
  /**
   * Milliseconds that have passed. Not seconds: whole numbers add up to the same wherever one begins to count, so that a scheduler made of
   * a snapshot knows to the last digit how long its tasks have taken.
   */
  let clock = 0;
  let lastNow: number | undefined;
  let typicalSeconds = firstGuessSeconds;
  let ends = 0;
  /** Shares as they are until the next change. */
  const known = new Map<Branch, number>();

  const advance = (now: number): void => {
    const passed = lastNow === undefined ? 0 : Math.max(0, now - lastNow);
    lastNow = now;
    if (passed === 0) return;
    clock += passed;
    time.advance(clock / 1000);
    known.clear();
  };

  const change = ({ leaf, amounts, devices }: Holding, sign: 1 | -1): void => {
    for (const branch of upwards(leaf)) {
      branch.use.advance(clock / 1000);
      for (let place = 0; place < amounts.length; place += 1) branch.use.held[place]! += sign * amounts[place]!; // as long as resources
      for (const [kind, count] of devices) branch.devices.set(kind, (branch.devices.get(kind) ?? 0) + sign * count);
    }
    known.clear();
  };

  const release = (task: string): void => {
    const holding = holdings.get(task);
    if (!holding) return;
    holdings.delete(task);
    change(holding, -1);
    // What never ran says nothing about how long tasks take.
    const seconds = (clock - holding.since) / 1000;
    if (seconds <= 0) return;
    ends += 1;
    typicalSeconds = Math.max(leastSeconds, typicalSeconds + (seconds - typicalSeconds) / Math.min(ends, endsRemembered));
  };

  const dominantShare = (branch: Branch, more?: Amounts): number => {
    branch.use.advance(clock / 1000);
    const { held, used } = branch.use;
    const seconds = (time.used[0] ?? 0) + typicalSeconds;
    let largest = 0;
    for (let place = 0; place < total.length; place += 1) {
      const all = total[place]!; // as long as resources
      if (all <= 0) continue;
      const now = Math.max(0, held[place]!) + (more?.[place] ?? 0);
      largest = Math.max(largest, (used[place]! + now * typicalSeconds) / (all * seconds));
    }
    return largest;
  };

  /** Rounded, so that equal shares are equal whatever the order in which they were summed up. */
  const shareOf = (branch: Branch, more?: Amounts): number => {
    if (more) return Math.fround(dominantShare(branch, more) / branch.weight);
    const found = known.get(branch) ?? Math.fround(dominantShare(branch) / branch.weight);
    known.set(branch, found);
    return found;
  };

  const compare = (a: Branch, b: Branch): number => {
    if (a === b) return 0;
    const [left, right] = siblingsAbove(a, b);
    return shareOf(left) - shareOf(right) || (left.name < right.name ? -1 : 1);
  };

  const overQuota: FairShares['overQuota'] = (task, count) => {
    const needCores = task.cores * count;
    const needDevices = (task.device?.count ?? 0) * count;
    for (let branch: Branch | undefined = tree.leafOf(task.group); branch; branch = branch.parent) {
      const { quota, use: has, devices } = branch;
      const cores = Math.max(0, has.held[0] ?? 0);
      if (quota.cores !== undefined && cores + needCores > quota.cores + tolerance) {
        return {
          code: 'group-quota',
          values: { group: groupName(branch), resource: 'cores', need: needCores, used: cores, quota: quota.cores },
        };
      }
      const kind = task.device?.kind;
      const limit = kind === undefined ? undefined : quota.devices?.[kind];
      if (!task.device || kind === undefined || limit === undefined) continue;
      const used = devices.get(kind) ?? 0;
      if (used + needDevices > limit) {
        return {
          code: 'group-quota',
          values: { group: groupName(branch), resource: kind, need: needDevices, used, quota: limit },
        };
      }
    }
    return undefined;
  };

  const countDevices = ({ accelerators }: Grant): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { device } of accelerators) {
      const kind = kinds.get(device) ?? '';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return counts;
  };

  const countUpwards = (leaves: Iterable<Branch>): Map<Branch, number> => {
    const counts = new Map<Branch, number>();
    const own = new Map<Branch, number>();
    for (const leaf of leaves) own.set(leaf, (own.get(leaf) ?? 0) + 1);
    for (const [leaf, count] of own) for (const branch of upwards(leaf)) counts.set(branch, (counts.get(branch) ?? 0) + count);
    return counts;
  };

  const states: FairShares['states'] = (now, tasks) => {
    advance(now);
    const running = countUpwards([...holdings.values()].map(({ leaf }) => leaf));
    const waiting = countUpwards([...tasks].map(({ group }) => tree.leafOf(group)));
    return [...tree.groups].toSorted(byName).map((branch) => {
      const sharePercent = 100 * dominantShare(branch);
      const [coreSeconds = 0, byteSeconds = 0] = branch.use.used;
      const deviceSeconds = Object.fromEntries(
        resources
          .map((name, place) => [name, branch.use.used[place] ?? 0] as const)
          .slice(2)
          .filter(([, seconds]) => seconds > 0),
      );
      return {
        name: branch.name,
        weight: branch.weight,
        quota: branch.quota,
        sharePercent,
        used: { coreSeconds, byteSeconds, deviceSeconds },
        running: running.get(branch) ?? 0,
        waiting: waiting.get(branch) ?? 0,
      };
    });
  };

  const usedNow: FairShares['use'] = (now) => {
    advance(now);
    const leaves = [...tree.leaves].filter((leaf) => {
      leaf.use.advance(clock / 1000);
      return leaf.use.used.some((amount) => amount >= leastSeconds);
    });
    return {
      seconds: time.used[0] ?? 0,
      typicalSeconds,
      ends,
      groups: Object.fromEntries(leaves.map((leaf) => [leaf.name, [...leaf.use.used]])),
    };
  };

  const restore = (saved: GroupUse): void => {
    time.used[0] = saved.seconds;
    ({ typicalSeconds, ends } = saved);
    for (const [group, amounts] of Object.entries(saved.groups)) {
      for (const branch of upwards(tree.leafOf(group))) {
        for (const [place, amount] of amounts.entries()) if (place < resources.length) branch.use.used[place]! += amount; // within resources
      }
    }
  };
  if (use) restore(use);

  return {
    advance,
    setCapacity(next) {
      size = sizeOf(next);
      total = total.map((most, place) => Math.max(most, size.total[place] ?? 0));
      kinds = new Map(next.devices.map(({ id, kind }) => [id, kind]));
      known.clear();
    },
    set(group, one) {
      tree.set(group, one);
      known.clear();
    },
    hold(task, grant, startedAt) {
      const ago = startedAt === undefined || lastNow === undefined ? 0 : Math.max(0, lastNow - startedAt);
      const since = clock - ago;
      const holding = { leaf: tree.leafOf(task.group), amounts: size.amountsOf(grant), devices: countDevices(grant), since };
      holdings.set(task.id, holding);
      change(holding, 1);
    },
    regrant(task, grant) {
      const holding = holdings.get(task);
      if (!holding) return;
      change(holding, -1);
      const next = { ...holding, amounts: size.amountsOf(grant), devices: countDevices(grant) };
      holdings.set(task, next);
      change(next, 1);
    },
    release,
    leafOf: tree.leafOf,
    compare,
    shareOf,
    demandOf: (task) => size.demandOf(task),
    overQuota,
    get typicalSeconds() {
      return typicalSeconds;
    },
    states,
    settingsOf: tree.settingsOf,
    settings: () => Object.fromEntries([...tree.groups].map(({ name }) => [name, tree.settingsOf(name)])),
    use: usedNow,
  };
};

const byName = (a: Branch, b: Branch): number => (a.name < b.name ? -1 : 1);
