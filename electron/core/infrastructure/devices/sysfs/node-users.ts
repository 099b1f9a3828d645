import type { DeviceProcess } from '../../../../../shared/model/device.ts';
import { parseDrmUsage, type DrmUsage } from './drm-usage.ts';
import type { SystemFolder } from './system-folder.ts';

/** A process that holds a device's file open. */
export interface NodeUser {
  readonly pid: number;
  readonly node: string;
  /** Absent for devices whose driver tells nothing of its open files. */
  readonly usage?: DrmUsage;
}

export interface Users {
  readonly users: readonly NodeUser[];
  /** False when there are processes that we may not look into. */
  readonly isComplete: boolean;
}

export interface NodeUsers {
  /** Looks through all processes; what was found a moment ago is given again, so that several probes share one look. */
  scan(): Users;
  /** Reads only the files that the last look found, which costs little; looks again when that is long ago. */
  refresh(): Users;
  nameOf(pid: number): string | undefined;
}

const watched = /^\/dev\/(dri|accel|fpga|dfl-|xclmgmt|kfd)/;
const sharedForMs = 500;
const looksEveryMs = 5000;

interface Held {
  readonly pid: number;
  readonly fd: string;
  readonly node: string;
}

/** `now` gives milliseconds that never step back. */
export const createNodeUsers = (proc: SystemFolder, now: () => number): NodeUsers => {
  let held: readonly Held[] = [];
  let isComplete = true;
  let lookedAt = -Infinity;
  let readAt = -Infinity;
  let users: readonly NodeUser[] = [];

  const look = (): void => {
    const pids = proc.list('').filter((name) => /^\d+$/.test(name));
    isComplete = true;
    held = pids.flatMap((pid) => {
      const files = proc.list(`${pid}/fd`);
      if (files.length === 0 && proc.isClosed(`${pid}/fd`)) isComplete = false;
      return heldBy(proc, pid, files);
    });
    lookedAt = now();
    readAt = -Infinity;
  };
  const read = (): Users => {
    if (now() - readAt >= sharedForMs) {
      users = held.flatMap((file) => readUser(proc, file));
      readAt = now();
    }
    return { users, isComplete };
  };
  const lookWhenOlderThan = (ms: number) => (): Users => {
    if (now() - lookedAt >= ms) look();
    return read();
  };
  return {
    scan: lookWhenOlderThan(sharedForMs),
    refresh: lookWhenOlderThan(looksEveryMs),
    nameOf: (pid) => proc.read(`${pid}/comm`),
  };
};

const heldBy = (proc: SystemFolder, pid: string, files: readonly string[]): Held[] =>
  files.flatMap((fd) => {
    const node = proc.link(`${pid}/fd/${fd}`);
    return node !== undefined && watched.test(node) ? [{ pid: Number(pid), fd, node }] : [];
  });

/** The process may have closed the file, or ended; another may have its number by now, until the next look. */
const readUser = (proc: SystemFolder, { pid, fd, node }: Held): NodeUser[] => {
  const text = proc.read(`${pid}/fdinfo/${fd}`);
  if (text === undefined) return [];
  const usage = parseDrmUsage(text);
  return [{ pid, node, ...(usage === undefined ? {} : { usage }) }];
};

/** What names a device among open files: its address, else its files. */
export interface NodeOwner {
  readonly pci?: string;
  readonly nodes: readonly string[];
}

export const usersOf = (users: readonly NodeUser[], { pci, nodes }: NodeOwner): NodeUser[] =>
  users.filter(({ node, usage }) => (usage?.pci === undefined || pci === undefined ? nodes.includes(node) : usage.pci === pci));

/** Clients by id. A file that was handed on is one client in two processes; one without an id counts for itself. */
export const clientsOf = (users: readonly NodeUser[]): Map<string, DrmUsage> =>
  new Map(users.flatMap(({ pid, usage }, index) => (usage === undefined ? [] : [[usage.clientId ?? `${pid}/${index}`, usage] as const])));

/** One entry for each process, with the memory of its clients; the largest first. */
export const processesOf = (users: readonly NodeUser[], nameOf: (pid: number) => string | undefined): DeviceProcess[] =>
  [...Map.groupBy(users, ({ pid }) => pid)]
    .map(([pid, own]): DeviceProcess => {
      const sizes = [...clientsOf(own).values()].flatMap(({ memoryBytes }) => memoryBytes ?? []);
      const name = nameOf(pid);
      return {
        pid,
        ...(sizes.length === 0 ? {} : { memoryBytes: sizes.reduce((sum, size) => sum + size, 0) }),
        ...(name === undefined ? {} : { name }),
      };
    })
    .sort((one, other) => (other.memoryBytes ?? 0) - (one.memoryBytes ?? 0));
