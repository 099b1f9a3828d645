import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { statOf } from './process-tree.ts';

/** A process, named so that another one that gets its pid later is not taken for it. */
export interface ProcessName {
  readonly pid: number;
  /** When it started, in the system's own words: the boot and the clock ticks since, or a date. Only ever compared. */
  readonly startedAt: string;
}

export interface ProcessFacts extends ProcessName {
  readonly userId: number;
  readonly parent: number;
  /** The processes it leads go with it. */
  readonly leadsGroup: boolean;
  /** Empty for the kernel's own threads. */
  readonly command: readonly string[];
  /** Where it works, as far as that may be known. */
  readonly folder?: string;
  /** Cores that it has kept busy on average since it started, its ended children included. */
  readonly busyCores?: number;
}

/** Undefined when there is no such process, or when it has ended and its parent has not noticed yet. */
export const factsOf = async (pid: number): Promise<ProcessFacts | undefined> =>
  process.platform === 'linux' ? fromProcfs(pid) : parsePs(await ps(pid), pid);

export const isSameProcess = async ({ pid, startedAt }: ProcessName): Promise<boolean> => {
  if (process.platform !== 'linux') return (await factsOf(pid))?.startedAt === startedAt;
  const stat = statOf(pid);
  return stat !== undefined && !stat.isZombie && startedAt === startOf(stat.startTime);
};

/** The parent, its parent and so on; none above one that is not for us to see. */
export const ancestorsOf = async (pid: number): Promise<number[]> => {
  const ancestors: number[] = [];
  for (
    let facts = await factsOf(pid);
    facts && facts.parent > 0 && !ancestors.includes(facts.parent);
    facts = await factsOf(facts.parent)
  ) {
    ancestors.push(facts.parent);
  }
  return ancestors;
};

// ── Linux ──

const fromProcfs = (pid: number): ProcessFacts | undefined => {
  const stat = statOf(pid);
  const status = read(`/proc/${pid}/status`);
  // A thread has a folder as well, but is no process.
  if (!stat || stat.isZombie || Number(fieldOf(status, 'Tgid')) !== pid) return undefined;
  const folder = linkOf(`/proc/${pid}/cwd`);
  const busyCores = parseBusyCores(read(`/proc/${pid}/stat`), Number.parseFloat(read('/proc/uptime')));
  return {
    pid,
    startedAt: startOf(stat.startTime),
    userId: Number(fieldOf(status, 'Uid')),
    parent: stat.parent,
    leadsGroup: stat.group === pid,
    command: read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1),
    ...(folder !== undefined && { folder }),
    ...(busyCores !== undefined && { busyCores }),
  };
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended, or it is not for us to see.
    return '';
  }
};

const linkOf = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

/** The first number of a field; of several user ids that is the one who started it. */
const fieldOf = (status: string, name: string): string | undefined => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1];

let boot: string | undefined;
const startOf = (ticks: number): string => `${(boot ??= read('/proc/sys/kernel/random/boot_id').trim())} ${ticks}`;

/** Every Linux counts a hundred ticks a second where programs see them. */
const ticksPerSecond = 100;

/** From /proc/PID/stat and the seconds since the machine started; undefined in its first moments. */
export const parseBusyCores = (stat: string, uptimeSeconds: number): number | undefined => {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // utime, stime and both of the children that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0);
  const ageSeconds = uptimeSeconds - (fields[19] ?? Number.NaN) / ticksPerSecond;
  return ageSeconds >= 1 ? ticks / ticksPerSecond / ageSeconds : undefined;
};

// ── Elsewhere ──

const ps = (pid: number): Promise<string> =>
  new Promise((resolve) => {
    const columns = ['uid', 'ppid', 'pgid', 'stat', 'lstart', 'args'].map((name) => `${name}=`).join(',');
    execFile('ps', ['-ww', '-o', columns, '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } }, (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });

/** One line; the start is a date of five words (Sun Nov 22 20:31:07 2026). The arguments are not told apart there. */
export const parsePs = (line: string, pid: number): ProcessFacts | undefined => {
  const [, userId, parent, group, state, startedAt = '', command = ''] =
    /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
  if (state === undefined || state.startsWith('Z')) return undefined;
  return {
    pid,
    startedAt,
    userId: Number(userId),
    parent: Number(parent),
    leadsGroup: Number(group) === pid,
    command: command.split(' '),
  };
};
