import { createOrderedList, type OrderedList } from '../../lib/ordered-list.ts';
import type { Grant, Remembered, TaskRequest } from '../../scheduler-port.ts';
import { durationBuckets } from './durations.ts';

/** A task in the line of those that may start. */
export interface InLine extends Pick<Remembered, 'promisedAt'> {
  readonly task: TaskRequest;
  /** How long the task surely takes at most, as `longestOf` says; of several that start together, the longest of them. */
  readonly longestMs: number;
  /** Itself and those that start with it, which ask for the same; absent of one that starts alone. */
  readonly gang?: readonly InLine[];
}

/** How many start with it, itself included. */
export const countOf = ({ gang }: Pick<InLine, 'gang'>): number => gang?.length ?? 1;

/** Who of those that start together gets which grant. */
export const grantedTo = <Item extends InLine>(
  item: Item,
  grants: readonly Grant[],
): { readonly task: TaskRequest; readonly grant: Grant }[] =>
  grants.map((grant, place) => ({ task: (item.gang?.[place] ?? item).task, grant }));

/** Tasks that may have the same devices; where groups of jobs take turns, of one such group. */
export interface Group<Item> {
  /** Any of them; they ask for the same kind, and say the same of the devices. */
  readonly example: TaskRequest;
  /** The same for groups that ask for the same kind, and say the same of the devices. */
  readonly devicesKey: string;
  /** The first of each class, in order. */
  readonly heads: OrderedList<Item>;
  /** The least that any of them asks for, of the machine's memory and of a device's. */
  readonly leastMemory: number;
  readonly leastDeviceMemory: number;
}

/** Requests of the classes of a group, those that ask for least first. */
interface Requests {
  readonly byMemory: OrderedList<Class<unknown>>;
  readonly byDeviceMemory: OrderedList<Class<unknown>>;
}

interface Class<Item> {
  readonly number: number;
  readonly request: TaskRequest;
  readonly group: Group<Item> & Requests;
  readonly items: OrderedList<Item>;
}

/**
 * Those that may start, in order. Tasks that ask for exactly the same, for about as long, form a class: while the first of a class does not
 * fit none of it does, so a decision looks at the first of each class and never at the rest, however long the line is. (One that takes
 * less long than the first, by less than 41 percent, might fit into a gap; it is not looked for.)
 */
export interface Line<Item extends InLine> {
  readonly groups: ReadonlyMap<string, Group<Item>>;
  groupOf(item: Item): Group<Item> | undefined;
  /** The next behind it of those that ask for the same. */
  nextAlike(item: Item): Item | undefined;
  add(item: Item): void;
  delete(item: Item): void;
}

export const createLine = <Item extends InLine>(compare: (a: Item, b: Item) => number, isByGroup: boolean): Line<Item> => {
  const groups = new Map<string, Group<Item> & Requests>();
  const classes = new Map<string, Class<Item>>();
  let lastNumber = 0;

  const groupKeyOf = (task: TaskRequest): string => (isByGroup ? `${task.group}\0${devicesKeyOf(task)}` : devicesKeyOf(task));

  const groupFor = (task: TaskRequest): Group<Item> & Requests => {
    const key = groupKeyOf(task);
    const group = groups.get(key) ?? createGroup(task, compare);
    groups.set(key, group);
    return group;
  };

  const classFor = (task: TaskRequest): Class<Item> => {
    const key = classKeyOf(task);
    const known = classes.get(key);
    if (known) return known;
    const found = { number: (lastNumber += 1), request: task, group: groupFor(task), items: createOrderedList(compare) };
    classes.set(key, found);
    found.group.byMemory.add(found);
    found.group.byDeviceMemory.add(found);
    return found;
  };

  /** Changes a class and puts its new first in the place of the old one. */
  const change = ({ group, items }: Class<Item>, how: (items: OrderedList<Item>) => void): void => {
    const before = items.first();
    how(items);
    const first = items.first();
    if (before === first) return;
    if (before) group.heads.delete(before);
    if (first) group.heads.add(first);
  };

  return {
    groups,
    groupOf: ({ task }) => groups.get(groupKeyOf(task)),
    nextAlike: (item) => classes.get(classKeyOf(item.task))?.items.after(item),
    add(item) {
      change(classFor(item.task), (items) => items.add(item));
    },
    delete(item) {
      const key = classKeyOf(item.task);
      const found = classes.get(key);
      if (!found) return;
      change(found, (items) => items.delete(item));
      if (found.items.size > 0) return;
      classes.delete(key);
      found.group.byMemory.delete(found);
      found.group.byDeviceMemory.delete(found);
      if (found.group.heads.size === 0) groups.delete(groupKeyOf(item.task));
    },
  };
};

const createGroup = <Item>(example: TaskRequest, compare: (a: Item, b: Item) => number): Group<Item> & Requests => {
  const byMemory = createOrderedList<Class<unknown>>((a, b) => a.request.memoryBytes - b.request.memoryBytes || a.number - b.number);
  const byDeviceMemory = createOrderedList<Class<unknown>>((a, b) => deviceMemoryOf(a) - deviceMemoryOf(b) || a.number - b.number);
  return {
    example,
    devicesKey: devicesKeyOf(example),
    heads: createOrderedList(compare),
    byMemory,
    byDeviceMemory,
    get leastMemory() {
      return byMemory.first()?.request.memoryBytes ?? 0;
    },
    get leastDeviceMemory() {
      const first = byDeviceMemory.first();
      return first ? deviceMemoryOf(first) : 0;
    },
  };
};

const deviceMemoryOf = ({ request }: Class<unknown>): number => request.device?.memoryBytes ?? 0;

const devicesKeyOf = ({ device, on = [], notOn = [], prefer }: TaskRequest): string =>
  [device?.kind ?? '', ...on, '', ...notOn, prefer ?? ''].join('\0');

/** With the group of jobs, because one that is at its quota holds up none of the others. */
const classKeyOf = (task: TaskRequest): string =>
  [
    task.group,
    task.together?.set ?? '',
    task.gang?.set ?? '',
    task.hours ?? '',
    task.cores,
    task.memoryBytes,
    task.device?.count ?? 0,
    task.device?.memoryBytes ?? '',
    durationBuckets(task),
    devicesKeyOf(task),
  ].join('\0');
