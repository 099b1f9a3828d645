import type { Readable } from 'node:stream';

export interface ReceivedFile {
  readonly fileId: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where uploaded bytes go. */
export interface FileIntake {
  /**
   * Takes the whole stream, hashed while it is written. `contentLength` is what the sender promises, if anything. Throws a
   * Refusal (file-too-large, disk-full) as soon as it can tell; whatever was written is gone when it throws or when `signal` aborts.
   */
  receive(name: string, contentLength: number | undefined, stream: Readable, signal: AbortSignal): Promise<ReceivedFile>;
}
