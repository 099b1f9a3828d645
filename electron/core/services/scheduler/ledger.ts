import type { Estimate, Grant, TaskRequest } from '../../scheduler-port.ts';

/** How much is granted on one device. */
export interface Amount {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Whether one task has it alone. */
  readonly isWhole: boolean;
  /** By how many tasks. */
  readonly holders: number;
}

/** What is granted on one device. */
export interface Held extends Amount {
  readonly tasks: ReadonlyMap<string, TaskRequest>;
}

/** The books as a decision reads them. */
export interface Books {
  readonly memoryBytes: number;
  on(device: string): Amount;
}

/** What holds a grant. */
export interface Running {
  readonly task: TaskRequest;
  readonly grant: Grant;
  readonly startedAt: number;
}

/** The books of what is granted. */
export interface Ledger extends Books {
  readonly cores: number;
  readonly memoryBytes: number;
  /** How often a grant was booked or given back: while it is the same, so are the books. */
  readonly changes: number;
  readonly running: ReadonlyMap<string, Running>;
  /** Those of them that may be ended to make room. */
  readonly endable: ReadonlySet<string>;
  on(device: string): Held;
  add(task: TaskRequest, grant: Grant, startedAt: number): void;
  /** Gives what runs already other cores, as if it had started then. */
  setCores(task: string, cores: number, startedAt: number): void;
  /** How long what runs already should run where it does, as it is known by now. */
  estimate(task: string, estimate: Estimate | undefined): void;
  /** Moves all starts by so many milliseconds. */
  shift(by: number): void;
  /** What it held; undefined for nothing. */
  remove(task: string): Running | undefined;
}

interface Account {
  cores: number;
  memoryBytes: number;
  isWhole: boolean;
  holders: number;
  readonly tasks: Map<string, TaskRequest>;
}

const nothing: Held = { cores: 0, memoryBytes: 0, isWhole: false, holders: 0, tasks: new Map() };

export const createLedger = (): Ledger => {
  const running = new Map<string, Running>();
  const endable = new Set<string>();
  const accounts = new Map<string, Account>();
  let cores = 0;
  let memoryBytes = 0;
  let changes = 0;

  const book = (device: string, task: TaskRequest, change: { cores: number; memoryBytes: number; isWhole: boolean }): void => {
    const account = accounts.get(device) ?? { cores: 0, memoryBytes: 0, isWhole: false, holders: 0, tasks: new Map<string, TaskRequest>() };
    account.cores += change.cores;
    account.memoryBytes += change.memoryBytes;
    account.isWhole ||= change.isWhole;
    account.tasks.set(task.id, task);
    account.holders = account.tasks.size;
    accounts.set(device, account);
  };

  const unbook = (device: string, task: string, change: { cores: number; memoryBytes: number; isWhole: boolean }): void => {
    const account = accounts.get(device);
    if (!account) return;
    account.cores -= change.cores;
    account.memoryBytes -= change.memoryBytes;
    if (change.isWhole) account.isWhole = false;
    account.tasks.delete(task);
    account.holders = account.tasks.size;
    // Begun anew when nothing runs there, so that fractions of cores never drift.
    if (account.tasks.size === 0) accounts.delete(device);
  };

  return {
    get cores() {
      return cores;
    },
    get memoryBytes() {
      return memoryBytes;
    },
    get changes() {
      return changes;
    },
    running,
    endable,
    on: (device) => accounts.get(device) ?? nothing,
    add(task, grant, startedAt) {
      changes += 1;
      running.set(task.id, { task, grant, startedAt });
      if (task.preemptible) endable.add(task.id);
      cores += grant.cores;
      memoryBytes += grant.memoryBytes;
      for (const [device, change] of changesOf(grant)) book(device, task, change);
    },
    setCores(id, next, startedAt) {
      const one = running.get(id);
      if (!one) return;
      changes += 1;
      const change = next - one.grant.cores;
      const account = accounts.get(one.grant.device);
      if (account) account.cores += change;
      cores += change;
      running.set(id, { ...one, grant: { ...one.grant, cores: next }, startedAt });
    },
    estimate(id, known) {
      const one = running.get(id);
      if (!one) return;
      const { estimate: _, estimateOn: __, ...task } = one.task;
      running.set(id, { ...one, task: { ...task, ...(known && { estimate: known }) } });
    },
    shift(by) {
      for (const [id, one] of running) running.set(id, { ...one, startedAt: one.startedAt + by });
    },
    remove(id) {
      const found = running.get(id);
      if (!found) return undefined;
      const { grant } = found;
      changes += 1;
      running.delete(id);
      endable.delete(id);
      cores = running.size === 0 ? 0 : cores - grant.cores;
      memoryBytes -= grant.memoryBytes;
      for (const [device, change] of changesOf(grant)) unbook(device, id, change);
      return found;
    },
  };
};

const changesOf = (grant: Grant): [device: string, change: { cores: number; memoryBytes: number; isWhole: boolean }][] => [
  [grant.device, { cores: grant.cores, memoryBytes: grant.memoryBytes, isWhole: false }],
  ...grant.accelerators.map(({ device, memoryBytes }): [string, { cores: number; memoryBytes: number; isWhole: boolean }] => [
    device,
    { cores: 0, memoryBytes: memoryBytes ?? 0, isWhole: memoryBytes === undefined },
  ]),
];

/** The books of a machine on which nothing of ours runs. */
export const emptyLedger: Books = { memoryBytes: 0, on: () => nothing };

/** The books with what others hold beside it; what is added to either later counts. */
export const sumOf = (a: Books, b: Books): Books =>
  new SummedBooks(
    () => a.memoryBytes + b.memoryBytes,
    (device) => {
      const [left, right] = [a.on(device), b.on(device)];
      return {
        cores: left.cores + right.cores,
        memoryBytes: left.memoryBytes + right.memoryBytes,
        isWhole: left.isWhole || right.isWhole,
        holders: left.holders + right.holders,
      };
    },
  );

/**
 * Books whose sum is worked out when it is asked for. A class, because each object literal with a getter has a hidden class of its own in V8,
 * which keeps all that the getter sees until the next full collection; decisions make very many of these.
 */
export class SummedBooks implements Books {
  readonly #memoryBytes: () => number;
  readonly on: Books['on'];

  constructor(memoryBytes: () => number, on: Books['on']) {
    this.#memoryBytes = memoryBytes;
    this.on = on;
  }

  get memoryBytes(): number {
    return this.#memoryBytes();
  }
}

/** Books to which is only ever added, without who holds what: decisions make very many of them. */
export const createBooks = (): Books & { add(grant: Grant): void } => {
  const accounts = new Map<string, { cores: number; memoryBytes: number; isWhole: boolean; holders: number }>();
  let total = 0;
  const accountOf = (device: string) => {
    const known = accounts.get(device);
    if (known) return known;
    const made = { cores: 0, memoryBytes: 0, isWhole: false, holders: 0 };
    accounts.set(device, made);
    return made;
  };
  const books = new SummedBooks(
    () => total,
    (device) => accounts.get(device) ?? nothing,
  );
  return Object.assign(books, {
    add({ device, cores, memoryBytes, accelerators }: Grant) {
      total += memoryBytes;
      const processor = accountOf(device);
      processor.cores += cores;
      processor.memoryBytes += memoryBytes;
      processor.holders += 1;
      for (const one of accelerators) {
        const account = accountOf(one.device);
        account.memoryBytes += one.memoryBytes ?? 0;
        account.isWhole ||= one.memoryBytes === undefined;
        account.holders += 1;
      }
    },
  });
};
