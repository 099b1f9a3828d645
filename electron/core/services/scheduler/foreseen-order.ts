import type { OrderedList } from '../../lib/ordered-list.ts';
import type { TaskRequest } from '../../scheduler-port.ts';
import type { FairShares } from './fair-shares.ts';
import { upwards, type Branch } from './group-tree.ts';
import { noAmounts, type Amounts } from './use.ts';

interface Ready {
  readonly task: TaskRequest;
  readonly leaf: Branch;
}

/** Ready tasks as they stand in line at this moment. */
export interface Order<Item> {
  slice(offset: number, limit: number): Item[];
  /** Of an item that is ready. */
  indexOf(item: Item): number;
}

/** Further back than this it is nobody's guess who of which group comes first, and the rank decides. */
const foreseenAtMost = 500;

/** The order in which groups would take turns if nothing came in between, worked out only as far as somebody asks. */
export const createForeseenOrder = <Item extends Ready>(
  shares: Pick<FairShares, 'shareOf' | 'demandOf'>,
  ready: OrderedList<Item>,
  byLeaf: ReadonlyMap<Branch, OrderedList<Item>>,
): Order<Item> => {
  const source = turns(shares, ready, byLeaf);
  const first: Item[] = [];
  const places = new Map<Item, number>();
  /** Where those of `first` stand by rank; once all of them are known. */
  let taken: number[] | undefined;

  const foresee = (isEnough: () => boolean): void => {
    while (first.length < foreseenAtMost && !isEnough()) {
      const next = source.next();
      if (next.done) return;
      places.set(next.value, first.length);
      first.push(next.value);
    }
  };

  const takenPlaces = (): number[] => (taken ??= first.map((item) => ready.indexOf(item)).sort((a, b) => a - b));

  return {
    slice(offset, limit) {
      foresee(() => first.length >= offset + limit);
      const found = first.slice(offset, offset + limit);
      const missing = Math.min(ready.size, offset + limit) - Math.max(offset, first.length);
      if (missing <= 0) return found;
      let from = Math.max(0, offset - first.length);
      for (const place of takenPlaces()) if (place <= from) from += 1;
      const rest = ready.slice(from, missing + first.length).filter((item) => !places.has(item));
      return [...found, ...rest.slice(0, missing)];
    },
    indexOf(item) {
      foresee(() => places.has(item));
      const place = places.get(item);
      if (place !== undefined) return place;
      const byRank = ready.indexOf(item);
      return first.length + byRank - takenPlaces().filter((one) => one < byRank).length;
    },
  };
};

/** A branch in which something is ready. */
interface Node<Item> {
  readonly branch: Branch;
  readonly children: Node<Item>[];
  readonly items: Iterator<Item> | undefined;
  next: Item | undefined;
  /** What was handed out in it so far. */
  readonly more: Amounts;
  share: number;
}

/** Those put first by hand, then one after the other of the group whose turn it is, which is charged for it. */
function* turns<Item extends Ready>(
  shares: Pick<FairShares, 'shareOf' | 'demandOf'>,
  ready: OrderedList<Item>,
  byLeaf: ReadonlyMap<Branch, OrderedList<Item>>,
): Generator<Item, undefined> {
  for (const item of ready) {
    if (item.task.boost === 0) break;
    yield item;
  }
  const roots = plant(shares, byLeaf);
  for (let path = descend(roots); path.length > 0; path = descend(roots)) {
    const leaf = path.at(-1);
    const item = leaf?.next;
    if (!leaf || !item) return undefined;
    yield item;
    const demand = shares.demandOf(item.task);
    leaf.next = nextOf(leaf.items);
    for (const [depth, node] of path.entries()) {
      for (const [place, amount] of demand.entries()) node.more[place]! += amount; // both have one for each resource
      node.share = shares.shareOf(node.branch, node.more);
      const siblings = path[depth - 1]?.children ?? roots;
      if (leaf.next === undefined && isEmpty(node)) siblings.splice(siblings.indexOf(node), 1);
    }
  }
  return undefined;
}

const isEmpty = (node: Node<unknown>): boolean => node.next === undefined && node.children.every(isEmpty);

const nextOf = <Item extends Ready>(items: Iterator<Item> | undefined): Item | undefined => {
  for (let next = items?.next(); next && !next.done; next = items?.next()) if (next.value.task.boost === 0) return next.value;
  return undefined;
};

const plant = <Item extends Ready>(shares: Pick<FairShares, 'shareOf'>, byLeaf: ReadonlyMap<Branch, OrderedList<Item>>): Node<Item>[] => {
  const nodes = new Map<Branch, Node<Item>>();
  const roots: Node<Item>[] = [];
  for (const [leaf, list] of byLeaf) {
    const items = list[Symbol.iterator]();
    const next = nextOf(items);
    if (!next) continue;
    let below: Node<Item> | undefined;
    for (const branch of upwards(leaf)) {
      const known = nodes.get(branch);
      const node = known ?? {
        branch,
        children: [],
        items: branch === leaf ? items : undefined,
        next: undefined,
        more: noAmounts(),
        share: shares.shareOf(branch),
      };
      if (branch === leaf) node.next = next;
      if (below) node.children.push(below);
      nodes.set(branch, node);
      below = known ? undefined : node;
      if (known) break;
    }
    if (below) roots.push(below);
  }
  return roots;
};

/** From the top down to the leaf whose turn it is. */
const descend = <Item>(roots: readonly Node<Item>[]): Node<Item>[] => {
  const path: Node<Item>[] = [];
  for (let nodes = roots; nodes.length > 0; nodes = path.at(-1)?.children ?? []) {
    path.push(
      nodes.reduce((best, node) =>
        node.share < best.share || (node.share === best.share && node.branch.name < best.branch.name) ? node : best,
      ),
    );
  }
  return path;
};
