import type { GroupState } from '../../../shared/contract/scheduler.ts';

/** What a group should have by its weight, and how far it is from that. */
export interface GroupDue {
  /** Of the whole machine. */
  duePercent: number;
  /** Above zero it has had more than its part. */
  overPoints: number;
}

/** `lab/alice` is a part of `lab`; a group of the first level is a part of none. */
const parentOf = (name: string): string | undefined => (name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined);

/** How deep a group lies in the tree. */
export const depthOf = (name: string): number => name.split('/').length - 1;

/** The last part of a group's name. */
export const leafOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** What is due to each group: its weight among its siblings, of what is due to the group above. */
export const duesOf = (groups: readonly GroupState[]): ReadonlyMap<string, GroupDue> => {
  const weights = new Map<string | undefined, number>();
  for (const { name, weight } of groups) weights.set(parentOf(name), (weights.get(parentOf(name)) ?? 0) + weight);
  const dues = new Map<string, GroupDue>();
  // A group stands before its parts.
  for (const { name, weight, sharePercent } of groups) {
    const parent = parentOf(name);
    const above = parent === undefined ? 100 : (dues.get(parent)?.duePercent ?? 0);
    const duePercent = (above * weight) / (weights.get(parent) ?? weight);
    dues.set(name, { duePercent, overPoints: sharePercent - duePercent });
  }
  return dues;
};

/** The next weight of a press on plus or minus: whole steps, and halves and doubles below one, so that it never comes to nothing. */
export const stepWeight = (weight: number, direction: 1 | -1): number => {
  if (direction === 1) return weight < 1 ? Math.min(1, weight * 2) : Math.floor(weight) + 1;
  return weight <= 1 ? weight / 2 : Math.ceil(weight) - 1;
};
