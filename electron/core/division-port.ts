import type { SplitScheme } from '../../shared/model/job.ts';

/** A stretch of a job's items, in the order in which they were submitted. */
export interface Chunk {
  /** Names it for ever; a chunk that is given again is another one. */
  readonly id: number;
  readonly first: number;
  readonly count: number;
}

/** What a part that is free gets. */
export type Taken =
  | { readonly kind: 'chunk'; readonly chunk: Chunk }
  /** Nothing is left, but what others have may come back; at `until` one of them will have been slow. */
  | { readonly kind: 'wait'; readonly until?: number }
  | { readonly kind: 'nothing' };

/** What is known of one part. */
export interface PartProgress {
  readonly items: number;
  /** Time that its chunks took, what they cost beside their items included. */
  readonly seconds: number;
  /** As it is seen now. */
  readonly itemsPerSecond?: number;
}

/**
 * Divides the items of one job among its parts while they run. Deterministic: no clock, no I/O. Parts are numbered from 0, times are
 * milliseconds. Every item is finished exactly once, whoever crashes, is lost or is slow.
 */
export interface Divider {
  readonly items: number;
  /** The part has its device and will ask. */
  joined(part: number): void;
  take(part: number, now: number): Taken;
  /**
   * A part has done its chunk in `seconds`, of which `overheadSeconds` were no work on items. False when another part was faster: then
   * its result is thrown away.
   */
  finished(part: number, chunk: Chunk, took: { readonly seconds: number; readonly overheadSeconds: number }): boolean;
  /** The part runs no more; what it had in hand is given again. */
  left(part: number): void;
  /** Whether there is something for this part that nobody has in hand. */
  hasWorkFor(part: number): boolean;
  progressOf(part: number): PartProgress;
  readonly done: number;
}

export interface DividerOptions {
  readonly scheme: SplitScheme;
  readonly items: number;
  /** Relative speeds as they are known before; only static and weighted divisions follow them. */
  readonly speeds: readonly number[];
  /** What each part takes before its first item, where speeds are items per second; only static divisions follow it. */
  readonly startUpSeconds?: readonly number[];
  /** Sizes of the items, where they are known; only static divisions follow them. */
  readonly sizes?: readonly number[];
}

export type CreateDivider = (options: DividerOptions) => Divider;
