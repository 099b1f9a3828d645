import type { GroupQuota } from '../../../../shared/contract/scheduler.ts';
import type { GroupSettings } from '../../scheduler-port.ts';
import { createUse, type Use } from './use.ts';

/** A group, or the jobs of a group itself beside those of its parts. */
export interface Branch {
  /** A branch for a group's own jobs ends with a slash, so that it stands before the group's parts. */
  readonly name: string;
  readonly parent: Branch | undefined;
  readonly depth: number;
  weight: number;
  quota: GroupQuota;
  readonly use: Use;
  /** Devices that it has, or has a part of, by kind. */
  readonly devices: Map<string, number>;
}

/** The groups of all jobs by the slashes in their names. A group exists from the moment something names it. */
export interface GroupTree {
  readonly groups: Iterable<Branch>;
  readonly leaves: ReadonlySet<Branch>;
  /** Where the jobs of a group stand. */
  leafOf(group: string): Branch;
  settingsOf(group: string): GroupSettings;
  set(group: string, settings: GroupSettings): void;
}

export const createGroupTree = (settings: Readonly<Record<string, GroupSettings>>): GroupTree => {
  const branches = new Map<string, Branch>();
  const leaves = new Map<string, Branch>();

  const branchOf = (group: string): Branch => {
    const name = segmentsOf(group).join('/');
    const known = branches.get(name);
    if (known) return known;
    const cut = name.lastIndexOf('/');
    const made = createBranch(name, cut < 0 ? undefined : branchOf(name.slice(0, cut)));
    branches.set(name, made);
    return made;
  };

  const tree: GroupTree = {
    get groups() {
      return branches.values();
    },
    get leaves() {
      return new Set(leaves.values());
    },
    leafOf(group) {
      const known = leaves.get(group);
      if (known) return known;
      const branch = branchOf(group);
      const name = `${branch.name}/`;
      const leaf = leaves.get(name) ?? createBranch(name, branch);
      // Under both names: the one that was asked for may be written with more slashes.
      leaves.set(name, leaf);
      leaves.set(group, leaf);
      return leaf;
    },
    settingsOf(group) {
      const { weight, quota } = branches.get(segmentsOf(group).join('/')) ?? { weight: 1, quota: {} };
      return { weight, quota };
    },
    set(group, { weight, quota }) {
      const branch = branchOf(group);
      branch.weight = weight;
      branch.quota = quota;
    },
  };
  for (const [group, one] of Object.entries(settings)) tree.set(group, one);
  return tree;
};

const createBranch = (name: string, parent: Branch | undefined): Branch => ({
  name,
  parent,
  depth: parent ? parent.depth + 1 : 0,
  weight: 1,
  quota: {},
  use: createUse(),
  devices: new Map(),
});

/** Slashes at the ends and doubled ones mean nothing; a name of nothing else is the group of those that name none. */
const segmentsOf = (group: string): string[] => {
  const segments = group.split('/').filter((segment) => segment !== '');
  return segments.length > 0 ? segments : ['default'];
};

/** The branch and what it is a part of, from the bottom up. */
export function* upwards(branch: Branch): Generator<Branch> {
  for (let one: Branch | undefined = branch; one; one = one.parent) yield one;
}

/** The two siblings, on the way up from two different branches, at which the ways part. */
export const siblingsAbove = (a: Branch, b: Branch): [Branch, Branch] => {
  let left = a;
  let right = b;
  while (left.depth > right.depth && left.parent) left = left.parent;
  while (right.depth > left.depth && right.parent) right = right.parent;
  while (left.parent && right.parent && left.parent !== right.parent) {
    left = left.parent;
    right = right.parent;
  }
  return [left, right];
};

/** What people call it; a group's own jobs go by the name of the group. */
export const groupName = ({ name }: Branch): string => (name.endsWith('/') ? name.slice(0, -1) : name);
