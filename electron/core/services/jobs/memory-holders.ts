import type { WaitReason } from '../../../../shared/model/reason.ts';
import { allResidentBytes, nameOf, statOf, treeOf } from '../../lib/process-tree.ts';

/** A program that is not ours and what it holds of the machine's memory. */
export interface MemoryHolder {
  readonly pid: number;
  readonly name: string;
  readonly bytes: number;
}

interface Options {
  /** Processes that are ours with all that came from them. */
  ours(): readonly number[];
  now(): number;
}

/** More names than these help nobody who waits. */
const mostHolders = 8;
/** What holds less keeps nobody waiting. */
const leastBytes = 16 * 1024 ** 2;
/** A look reads a file for every process of the machine. */
const lookedAgainMs = 2000;

/** Who else holds the machine's memory, the largest first. It looks only while it is asked, and answers several from one look. */
export const createMemoryHolders = (options: Options): (() => Promise<readonly MemoryHolder[]>) => {
  let lookedAt = -Infinity;
  let holders: Promise<readonly MemoryHolder[]> = Promise.resolve([]);
  return () => {
    if (options.now() - lookedAt >= lookedAgainMs) {
      lookedAt = options.now();
      holders = look(options.ours());
    }
    return holders;
  };
};

const look = async (ours: readonly number[]): Promise<readonly MemoryHolder[]> => {
  const sizes = await allResidentBytes();
  const roots = new Set(ours);
  const trees = new Set(ours.flatMap(treeOf));
  const holders: MemoryHolder[] = [];
  for (const { pid, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) {
    if (holders.length === mostHolders || bytes < leastBytes) break;
    // A process whose parent has ended has lost its ancestors but not its session.
    const isOurs = trees.has(pid) || roots.has(statOf(pid)?.session ?? 0);
    if (!isOurs) holders.push({ pid, name: nameOf(pid) ?? 'pid', bytes });
  }
  return holders;
};

/** What a job waits for, with those who hold the memory where that is what it waits for. */
export const withHolders = <Waits extends { readonly reason: WaitReason }>(
  waits: Waits | undefined,
  foreign: readonly MemoryHolder[],
): Waits | undefined =>
  waits?.reason.code === 'memory-foreign' && foreign.length > 0
    ? { ...waits, reason: { ...waits.reason, values: { ...waits.reason.values, foreign: [...foreign] } } }
    : waits;
