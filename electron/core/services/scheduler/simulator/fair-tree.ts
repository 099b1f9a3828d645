import { runInTurn, weightOf } from './in-turn.ts';
import type { Placed, Workload } from './workload.ts';

/** A group of the tree; the parts of a name are parted by `/`. */
interface Node {
  readonly name: string;
  readonly weight: number;
  readonly children: Map<string, Node>;
  /** Device seconds of it and all below, as they have faded at `at`. */
  use: number;
}

/**
 * Slurm's fair tree: siblings are ranked by level fair share, LF = S / U, where S is the part of the weights and U the part of the decayed use
 * among them, without end where nothing was used; the tree is walked depth first, so that all of a group stand before all of a sibling
 * that ranks below it. The waiting task of the group that ranks first is served, the first of it that was submitted. Siblings that are equal
 * rank by name. Use counts when a task has ended, and halves in every half-life.
 */
export const fairTree = (workload: Workload): Placed[] =>
  runInTurn(workload, 'fair-tree', (costs) => {
    const { tasks } = workload;
    const tree = growTree(workload);
    const waiting = new Map<string, number[]>();
    return {
      arrived(task) {
        const group = tasks[task]?.group ?? '';
        waiting.set(group, [...(waiting.get(group) ?? []), task]);
      },
      next(now) {
        for (const group of tree.ranking(now)) {
          const task = waiting.get(group)?.shift();
          if (task !== undefined) return task;
        }
        return undefined;
      },
      ended: (task, now) => tree.use(tasks[task]?.group ?? '', costs[task] ?? 0, now),
    };
  });

export interface FairTree {
  use(group: string, deviceSeconds: number, now: number): void;
  /** What a group has used, with all below it, as it has faded by now. */
  used(group: string, now: number): number;
  /** Every group that tasks belong to, the first to be served first. */
  ranking(now: number): string[];
}

export const growTree = (workload: Workload): FairTree => {
  const { halfLife } = workload;
  const root: Node = { name: '', weight: 1, children: new Map(), use: 0 };
  const leaves = new Set(workload.tasks.map(({ group }) => group));
  let at = 0;

  /** From the root to the group, without the root. */
  const pathTo = (group: string): Node[] => {
    const path: Node[] = [];
    let node = root;
    for (const part of group.split('/')) {
      const name = node === root ? part : `${node.name}/${part}`;
      const child: Node = node.children.get(name) ?? { name, weight: weightOf(workload, name), children: new Map(), use: 0 };
      node.children.set(name, child);
      path.push(child);
      node = child;
    }
    return path;
  };
  for (const group of leaves) pathTo(group);

  const fadeTo = (now: number): void => {
    const factor = 2 ** (-(now - at) / halfLife);
    at = now;
    const fade = (node: Node): void => {
      node.use *= factor;
      for (const child of node.children.values()) fade(child);
    };
    fade(root);
  };

  const walk = (node: Node): string[] => {
    const children = [...node.children.values()];
    const weights = children.reduce((sum, { weight }) => sum + weight, 0);
    const use = children.reduce((sum, child) => sum + child.use, 0);
    const levelShare = (child: Node): number => (child.use > 0 ? child.weight / weights / (child.use / use) : Infinity);
    const ranked = children
      .map((child) => ({ child, share: levelShare(child) }))
      .sort((a, b) => (a.share === b.share ? (a.child.name < b.child.name ? -1 : 1) : b.share - a.share));
    return ranked.flatMap(({ child }) => [...(leaves.has(child.name) ? [child.name] : []), ...walk(child)]);
  };

  return {
    use(group, deviceSeconds, now) {
      fadeTo(now);
      root.use += deviceSeconds;
      for (const node of pathTo(group)) node.use += deviceSeconds;
    },
    used(group, now) {
      fadeTo(now);
      return pathTo(group).at(-1)?.use ?? 0;
    },
    ranking(now) {
      fadeTo(now);
      return walk(root);
    },
  };
};
