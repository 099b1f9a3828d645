import { join } from 'node:path';
import { parseCoreList } from './core-list.ts';

/*
 * The control groups that hold this process, which may grant it less than the machine has: a container, a batch system, a slice.
 */

/** Path of our group in each hierarchy, from /proc/self/cgroup: `4:memory:/a` of version 1, `0::/a` of version 2. */
export const parseOwnGroups = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (controllers === undefined || path === undefined) return [];
      return controllers.split(',').map((controller) => [controller, path] as const);
    }),
  );

/** Cores from cpu.max of version 2 (`150000 100000`, `max 100000`); undefined when there is no limit. */
export const parseCpuMax = (text: string): number | undefined => {
  const [quota, period] = text.trim().split(/\s+/);
  return coresFrom(Number(quota), Number(period));
};

/** Cores from cpu.cfs_quota_us and cpu.cfs_period_us of version 1, where -1 is no limit. */
export const coresFrom = (quota: number, period: number): number | undefined => (quota > 0 && period > 0 ? quota / period : undefined);

/** Bytes from memory.max (`max`) or memory.limit_in_bytes, whose "no limit" is a number near 2^63. */
export const parseMemoryLimit = (text: string): number | undefined => {
  const bytes = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  return bytes > 0 && bytes < 2 ** 60 ? bytes : undefined;
};

/** File pages that the kernel drops first when the group needs room: they count as used, but are there to be taken. */
export const parseInactiveFile = (text: string): number =>
  Number(/^(?:total_)?inactive_file (\d+)$/m.exec(sortTotalsFirst(text))?.[1] ?? 0);

/** Version 1 lists the group's own pages and, as total_…, those of its children too; the total is the one that counts. */
const sortTotalsFirst = (text: string): string => {
  const lines = text.split('\n');
  return [...lines.filter((line) => line.startsWith('total_')), ...lines].join('\n');
};

export interface MemoryLimit {
  readonly bytes: number;
  readonly usageFile: string;
  readonly statFile: string;
}

export interface Limits {
  readonly cores?: number;
  /** The cores that all groups on the way allow. */
  readonly coreIds?: readonly number[];
  /** Of every group on the way that has a limit: one further up may be larger and yet fuller, of what others use in it. */
  readonly memory: readonly MemoryLimit[];
}

type Read = (path: string) => string | undefined;

/** The limits on the way from our group up to the root. `read` gives undefined for a file that is not there. */
export const findLimits = (ownGroups: string, cgroupRoot: string, read: Read): Limits => {
  const groups = parseOwnGroups(ownGroups);
  const foldersOf = (controller: string, mounts: readonly string[]): string[] => {
    const group = groups.get(controller);
    return group === undefined ? [] : mounts.flatMap((mount) => ancestors(group).map((path) => join(cgroupRoot, mount, path)));
  };
  // Beside version 1 the folders of version 2 lie in one of their own.
  const unified = foldersOf('', ['', 'unified']);
  const cores = findCores(read, unified, foldersOf('cpu', ['cpu', 'cpu,cpuacct', 'cpuacct,cpu']));
  const coreIds = findCoreIds(read, unified, foldersOf('cpuset', ['cpuset']));
  return {
    ...(cores === undefined ? {} : { cores }),
    ...(coreIds === undefined ? {} : { coreIds }),
    memory: [
      ...findMemory(read, unified, 'memory.max', 'memory.current'),
      ...findMemory(read, foldersOf('memory', ['memory']), 'memory.limit_in_bytes', 'memory.usage_in_bytes'),
    ],
  };
};

const findCores = (read: Read, unified: readonly string[], first: readonly string[]): number | undefined => {
  const cores = [
    ...unified.map((folder) => parseCpuMax(read(join(folder, 'cpu.max')) ?? '')),
    ...first.map((folder) => coresFrom(Number(read(join(folder, 'cpu.cfs_quota_us'))), Number(read(join(folder, 'cpu.cfs_period_us'))))),
  ].filter((count) => count !== undefined);
  return cores.length === 0 ? undefined : Math.min(...cores);
};

const findCoreIds = (read: Read, unified: readonly string[], first: readonly string[]): number[] | undefined =>
  [
    ...unified.map((folder) => parseCoreList(read(join(folder, 'cpuset.cpus.effective')))),
    ...first.map((folder) => parseCoreList(read(join(folder, 'cpuset.effective_cpus')) ?? read(join(folder, 'cpuset.cpus')))),
  ]
    .filter((ids) => ids !== undefined)
    .reduce<number[] | undefined>((common, ids) => (common === undefined ? ids : common.filter((id) => ids.includes(id))), undefined);

const findMemory = (read: Read, folders: readonly string[], limit: string, usage: string): MemoryLimit[] =>
  folders.flatMap((folder) => {
    const bytes = parseMemoryLimit(read(join(folder, limit)) ?? '');
    return bytes === undefined ? [] : [{ bytes, usageFile: join(folder, usage), statFile: join(folder, 'memory.stat') }];
  });

/** `/a/b` gives `/a/b`, `/a` and `/`. Inside a container the path is the host's while the mount shows ours, as its root. */
const ancestors = (path: string): string[] => {
  const names = path.split('/').filter(Boolean);
  return Array.from({ length: names.length + 1 }, (_, index) => `/${names.slice(0, names.length - index).join('/')}`);
};
