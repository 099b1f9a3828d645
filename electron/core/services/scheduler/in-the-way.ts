import type { Grant, Occupant, ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import { freeCores, freeMemory, tolerance } from './allocation.ts';
import type { DeviceIndex } from './device-index.ts';
import { endOf } from './durations.ts';
import type { Branch } from './group-tree.ts';
import type { Ledger, Running } from './ledger.ts';
import type { ReservedParts } from './reserved-parts.ts';
import { belongs, isKeptByMemory, processorIn, type UnusedOf, type UnusedPart } from './unused-part.ts';

interface Options {
  readonly ledger: Ledger;
  readonly index: () => DeviceIndex;
  readonly leafOf: (group: string) => Branch;
  readonly unusedOf: UnusedOf;
  readonly memoryBytes: () => number;
  readonly reserved: Pick<ReservedParts, 'open'>;
  isEnding(task: string): boolean;
}

/** What others still run in what is kept for groups of jobs. */
export interface InTheWay {
  /** What is to be ended for which part: the least important first, and of those the last that began; as few as suffice. */
  toEnd(now: number): { readonly part: ReservedPart; readonly task: string }[];
  /** By the number of the reservation: what is being ended first, then what may be, then what should end first. */
  heldUp(now: number): ReadonlyMap<number, readonly Occupant[]>;
}

/** Something that is kept for a group and that others hold. */
interface Lack {
  readonly part: ReservedPart;
  /** How much of it; infinite where nobody else may be there at all. */
  readonly amount: number;
  heldBy(running: Running): number;
}

type Open = ReturnType<ReservedParts['open']>[number];
/** Whether the end of something that runs would help. */
type Helps = (running: Running) => boolean;

export const createInTheWay = (options: Options): InTheWay => {
  const { ledger, index, leafOf, unusedOf, memoryBytes, reserved, isEnding } = options;

  const isOf = ({ group }: TaskRequest, part: ReservedPart): boolean => belongs(leafOf(group), part);

  const lack = (part: ReservedPart, amount: number, helps: Helps, holds: (grant: Grant) => number): Lack => ({
    part,
    amount,
    heldBy: (running) => (helps(running) ? holds(running.grant) : 0),
  });

  /** `free`: what earlier parts have left of the memory of devices. */
  const onDevices = (part: ReservedPart, unused: UnusedPart, free: Map<string, number>, helps: Helps): Lack[] =>
    part.devices.flatMap((id): Lack | Lack[] => {
      const device = index().get(id);
      if (!device) return [];
      if (!isKeptByMemory(part, device)) return lack(part, Infinity, helps, (grant) => (isOn(grant, [id, ...device.kin]) ? 1 : 0));
      const whole = [id, ...device.kin].filter((one) => ledger.on(one).isWhole);
      if (whole.length > 0) return lack(part, unused.on(id) > 0 ? Infinity : 0, helps, (grant) => (isOn(grant, whole) ? 1 : 0));
      const bytesOf = ({ accelerators }: Grant): number => accelerators.find((one) => one.device === id)?.memoryBytes ?? 0;
      const amount = unused.on(id) - (free.get(id) ?? Math.max(0, freeMemory({ ledger }, device)));
      free.set(id, Math.max(0, -amount));
      return lack(part, amount, helps, bytesOf);
    });

  const ofMachine = (part: ReservedPart, of: 'cores' | 'memoryBytes', amount: number, helps: Helps): Lack => {
    const own = processorIn(index())?.id;
    const drawsOn = ({ device }: Grant): boolean =>
      device === own || (of === 'memoryBytes' && index().get(device)?.memoryBytes === undefined);
    return lack(part, amount, helps, (grant) => (drawsOn(grant) ? grant[of] : 0));
  };

  const unusedNow = (open: readonly Open[]) => unusedOf(open.map(({ part }) => part));

  const freeNow = () => {
    const own = processorIn(index());
    const bytes = memoryBytes() - ledger.memoryBytes;
    return {
      cores: own ? Math.max(0, freeCores({ ledger }, own)) : 0,
      memoryBytes: Math.max(0, own ? Math.min(bytes, freeMemory({ ledger }, own)) : bytes),
    };
  };

  /** Of all parts together, since what one of them leaves to another is in nobody's way; and nobody is ended who has a part of his own. */
  const lacksToEnd = (open: readonly Open[], now: number): Lack[] => {
    const isRipe = ({ task, startedAt }: Running, since: number): boolean =>
      // What began while it is kept already runs its quantum.
      isEnding(task.id) || startedAt < since || startedAt + (task.preemptible?.quantumSeconds ?? 0) * 1000 <= now;
    const hasOwn = (task: TaskRequest): boolean => open.some(({ part }) => isOf(task, part));
    const unusedIn = unusedNow(open);
    const all = open.map((one) => ({ ...one, unused: unusedIn(one.part) }));
    const ends = all.filter(({ part }) => part.endsRunning);
    const free = freeNow();
    const freeOn = new Map<string, number>();
    // Who waits until what runs has ended takes what is free first.
    for (const { part, unused } of all) if (!part.endsRunning) onDevices(part, unused, freeOn, () => false);
    const shared = (of: 'cores' | 'memoryBytes'): Lack[] => {
      const wanting = ends.filter(({ unused }) => unused[of] > 0);
      const [first] = wanting;
      if (!first) return [];
      const since = Math.max(...wanting.map((one) => one.since));
      const sumOf = (some: typeof all): number => some.reduce((sum, { unused }) => sum + unused[of], 0);
      const amount = Math.min(sumOf(wanting), sumOf(all) - free[of]);
      return [ofMachine(first.part, of, amount, (one) => !hasOwn(one.task) && isRipe(one, since))];
    };
    return [
      ...ends.flatMap(({ part, since, unused }) => onDevices(part, unused, freeOn, (one) => !isOf(one.task, part) && isRipe(one, since))),
      ...shared('cores'),
      ...shared('memoryBytes'),
    ];
  };

  return {
    toEnd(now) {
      const open = ledger.endable.size === 0 ? [] : reserved.open(now);
      if (!open.some(({ part }) => part.endsRunning)) return [];
      const endable = [...ledger.endable].flatMap((id) => ledger.running.get(id) ?? []);
      const ending = [...ledger.running.values()].filter(({ task }) => isEnding(task.id));
      const others = endable.filter(({ task }) => !isEnding(task.id)).sort(leastFirst);
      const lacks = lacksToEnd(open, now);
      return enoughOf([...ending, ...others], lacks).flatMap((one) => {
        const found = isEnding(one.task.id) ? undefined : lacks.find(({ amount, heldBy }) => amount > tolerance && heldBy(one) > 0);
        return found ? [{ part: found.part, task: one.task.id }] : [];
      });
    },
    heldUp(now) {
      const rank = ({ task }: Running): number => (isEnding(task.id) ? 0 : ledger.endable.has(task.id) ? 1 : 2);
      const ends = new Map([...ledger.running.values()].map((one) => [one.task.id, endOf(one, now)]));
      const first = (a: Running, b: Running): number => (ends.get(a.task.id) ?? 0) - (ends.get(b.task.id) ?? 0) || leastFirst(a, b);
      const running = [...ledger.running.values()].sort((a, b) => rank(a) - rank(b) || first(a, b));
      const free = freeNow();
      const freeOn = new Map<string, number>();
      const open = reserved.open(now);
      const unusedIn = unusedNow(open);
      return new Map(
        open.flatMap(({ part }) => {
          const helps: Helps = ({ task }) => !isOf(task, part);
          const unused = unusedIn(part);
          const ofTheseTwo = (['cores', 'memoryBytes'] as const).map((of) => {
            const amount = unused[of] - free[of];
            free[of] = Math.max(0, -amount);
            return ofMachine(part, of, amount, helps);
          });
          const held = enoughOf(running, [...onDevices(part, unused, freeOn, helps), ...ofTheseTwo]);
          const jobs = new Map(held.map(({ task }) => [task.job.id, { job: task.job, isEnding: isEnding(task.id) }]));
          return jobs.size > 0 ? [[part.id, [...jobs.values()]] as const] : [];
        }),
      );
    },
  };
};

const isOn = ({ device, accelerators }: Grant, devices: readonly string[]): boolean =>
  devices.includes(device) || accelerators.some((one) => devices.includes(one.device));

const leastFirst = (a: Running, b: Running): number =>
  a.task.boost - b.task.boost || a.task.priority - b.task.priority || b.startedAt - a.startedAt || b.task.sequence - a.task.sequence;

/** As few as suffice, the first ones first; all that help where they do not. */
const enoughOf = (some: readonly Running[], lacks: readonly Lack[]): Running[] => {
  const left = lacks.map(({ amount }) => amount);
  const isNeeded = (held: readonly number[], beside: (place: number) => number): boolean =>
    held.some((amount, place) => amount > 0 && beside(place) > tolerance);
  const chosen = some.flatMap((one) => {
    const held = lacks.map((lack) => lack.heldBy(one));
    if (!isNeeded(held, (place) => left[place] ?? 0)) return [];
    held.forEach((amount, place) => (left[place] = (left[place] ?? 0) - amount));
    return [{ one, held }];
  });
  return chosen
    .toReversed()
    .filter(({ held }) => {
      if (isNeeded(held, (place) => (left[place] ?? 0) + (held[place] ?? 0))) return true;
      held.forEach((amount, place) => (left[place] = (left[place] ?? 0) + amount));
      return false;
    })
    .toReversed()
    .map(({ one }) => one);
};
