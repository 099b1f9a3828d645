import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/*
 * Who belongs to whom among the processes of this machine, from procfs. Reads of procfs are synchronous on purpose: the kernel
 * answers from memory (some µs each), where a trip through the thread pool costs ten times as much. Elsewhere than on Linux
 * nothing is known: lists are empty and sizes absent.
 */

const buffer = Buffer.alloc(4096);

/** A short procfs file; undefined when the process is gone or may not be read. */
const readShort = (path: string): string | undefined => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0));
  } catch {
    // ESRCH: the process ended between open and read.
    return undefined;
  } finally {
    closeSync(file);
  }
};

const childrenOf = (pid: number): number[] => {
  const children: number[] = [];
  for (const thread of threadsOf(pid)) {
    const text = readShort(`/proc/${pid}/task/${thread}/children`);
    if (text) for (const child of text.trim().split(' ')) if (child) children.push(Number(child));
  }
  return children;
};

const threadsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
};

/** A process and all that came from it and still has it as an ancestor; the root comes first. */
export const treeOf = (root: number): number[] => {
  const tree = [root];
  for (const pid of tree) {
    for (const child of childrenOf(pid)) if (!tree.includes(child)) tree.push(child);
  }
  return tree;
};

/** Resident bytes of the trees of some processes. A root that is gone, or a system without procfs, has no entry. */
export const residentBytesOf = (roots: Iterable<number>): Map<number, number> => {
  const sizes = new Map<number, number>();
  for (const root of roots) {
    const own = residentBytes(root);
    if (own === undefined) continue;
    let total = own;
    for (const pid of treeOf(root)) if (pid !== root) total += residentBytes(pid) ?? 0;
    sizes.set(root, total);
  }
  return sizes;
};

const residentBytes = (pid: number): number | undefined => {
  const text = readShort(`/proc/${pid}/statm`);
  const pages = text?.split(' ')[1];
  return pages === undefined ? undefined : Number(pages) * pageBytes();
};

/** Linux promises this many to programs, whatever the kernel ticks at. */
const ticksPerSecond = 100;

/** Processor time of the trees of some processes, and of what they waited for. A root that is gone has no entry. */
export const processorSecondsOf = (roots: Iterable<number>): Map<number, number> => {
  const seconds = new Map<number, number>();
  for (const root of roots) {
    const ticks = treeOf(root).flatMap((pid) => processorTicks(pid) ?? []);
    if (ticks.length > 0) seconds.set(root, ticks.reduce((sum, one) => sum + one, 0) / ticksPerSecond);
  }
  return seconds;
};

/** utime, stime, cutime and cstime. */
const processorTicks = (pid: number): number | undefined => {
  const text = readShort(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
};

let knownPageBytes: number | undefined;
/** statm counts in pages, which are not 4 KiB on every machine; the kernel tells each process in its auxiliary vector. */
const pageBytes = (): number => (knownPageBytes ??= parsePageBytes(readFileSync('/proc/self/auxv')));

const atPageSize = 6n;
/** Entries are pairs of native words; every system that Node 24 supports has 8-byte words, little-endian but for s390x. */
export const parsePageBytes = (auxv: Buffer): number => {
  const word = (at: number): bigint => (bigEndian ? auxv.readBigUInt64BE(at) : auxv.readBigUInt64LE(at));
  for (let at = 0; at + 16 <= auxv.length; at += 16) if (word(at) === atPageSize) return Number(word(at + 8));
  return 4096;
};
const bigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

export interface ProcessStat {
  readonly pid: number;
  readonly isZombie: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot; with the pid it names a process for as long as the machine runs. */
  readonly startTime: number;
}

/** The name of the program stands in parentheses and may itself hold any of `) (` and spaces. */
export const parseStat = (text: string): ProcessStat | undefined => {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const pid = Number.parseInt(text, 10);
  if (Number.isNaN(pid) || fields.length < 20) return undefined;
  const [state, parent, group, session] = fields;
  return {
    pid,
    isZombie: state === 'Z' || state === 'X',
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTime: Number(fields[19]),
  };
};

export const statOf = (pid: number): ProcessStat | undefined => {
  const text = readShort(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
};

/** Every process. */
export const allProcesses = (): Promise<ProcessStat[]> => ofAll(statOf);

/** Every process with its resident bytes; the kernel's own threads have none. */
export const allResidentBytes = async (): Promise<{ pid: number; bytes: number }[]> =>
  ofAll((pid) => {
    const bytes = residentBytes(pid);
    return bytes === undefined || bytes === 0 ? undefined : { pid, bytes };
  });

/** The name of a program as it was started; the kernel's name for it would be `MainThread` for everything that runs on Node. */
export const nameOf = (pid: number): string | undefined =>
  programIn(readShort(`/proc/${pid}/cmdline`) ?? '') ?? readShort(`/proc/${pid}/comm`)?.trim();

/** From the words of a command line. Some programs write a title there, `nginx: worker process`, and login shells a dash before their name. */
export const programIn = (commandLine: string): string | undefined => {
  const [program = ''] = commandLine.split(/[\0 ]/, 1);
  const name = program.slice(program.lastIndexOf('/') + 1).replace(/^-|:$/g, '');
  return name === '' ? undefined : name;
};

/** What is found of each process; in slices, so that a machine with thousands of them does not stall the caller's thread. */
const ofAll = async <Found>(look: (pid: number) => Found | undefined): Promise<Found[]> => {
  const found: Found[] = [];
  for (const [index, pid] of allPids().entries()) {
    if (index % 200 === 199) await new Promise((resolve) => setImmediate(resolve));
    const one = look(pid);
    if (one !== undefined) found.push(one);
  }
  return found;
};

const allPids = (): number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
};
