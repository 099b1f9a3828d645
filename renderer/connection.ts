import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../shared/contract/index.ts';
import type { Artifact } from '../shared/model/artifact.ts';
import type { FileRef } from '../shared/model/job.ts';
import type { RefusalReason } from '../shared/model/reason.ts';

/** Whether the core answers. Times are milliseconds since 1970. */
export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** `isAddressLost`: a core that starts again has another address, which this page cannot learn. */
  | { kind: 'unreachable'; since: number; isAddressLost: boolean }
  /** The page has no right to ask: its address was used before, or was opened too late. */
  | { kind: 'locked' };

/** Why a call did not do what was asked. */
export type Problem =
  | { kind: 'refused'; reason: RefusalReason }
  | { kind: 'invalid'; issues: readonly string[] }
  | { kind: 'unreachable' }
  | { kind: 'unexpected'; detail: string };

/** Credit for one stream: the core sends no more than the window before it is acknowledged. */
export interface StreamCredit {
  id: string;
  window: number;
}

export interface Stream<Value> {
  open: (credit: StreamCredit, signal: AbortSignal) => Promise<AsyncIterable<Value>>;
  onValue: (value: Value) => void;
  /** Called before the first value of each subscription; a stream that starts over is read from its beginning. */
  onStart?: () => void;
  onProblem?: (problem: Problem) => void;
  signal: AbortSignal;
}

/** How bytes travel, which differs between a browser and the desktop. */
export interface Files {
  /** Makes a dropped or chosen file known to the core. */
  refer: (file: File) => Promise<FileRef>;
  /** An address for pictures, sound and downloads; release it when it is no longer shown. */
  addressOf: (artifact: Pick<Artifact, 'sha256' | 'name'>, signal?: AbortSignal) => Promise<ArtifactAddress>;
  /** The bytes of a small artifact. */
  bytesOf: (artifact: Pick<Artifact, 'sha256' | 'name'>, signal: AbortSignal) => Promise<ArrayBuffer>;
}

export interface ArtifactAddress {
  address: string;
  release: () => void;
}

/** Everything the window can ask of the core, whichever way it is reached. */
export interface Connection extends Files {
  state: StoreApi<ConnectionState>;
  api: Client;
  /** Reads until the stream ends, is refused or the signal aborts; starts again by itself after a loss. */
  openStream: <Value>(stream: Stream<Value>) => Promise<void>;
  problemOf: (error: unknown) => Problem;
}

/** A file the core would not take, with its reason; thrown by `refer`. */
export class RefusedFileError extends Error {
  constructor(readonly problem: Problem) {
    super('The file was refused.');
  }
}
