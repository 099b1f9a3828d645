import type { ProviderName } from './providers/provider-names.ts';
import type { WorkerMessage } from './worker-message.ts';

/* What the core asks of a worker: one message per job, one answer. The answers are in worker-message.ts. */

/** A file as the worker sees it. Small ones travel as bytes that the core has not looked into. */
export type WorkerFile = { readonly name: string } & ({ readonly path: string } | { readonly bytes: Uint8Array });

export interface ModelFile {
  readonly name: string;
  readonly path: string;
  /** Changes when the file does; a warm session is used only for the same identity. */
  readonly identity: string;
}

/** The output folder is made by the worker when it writes something. */
export type WorkerRequest =
  | { readonly kind: 'list-providers'; readonly job: number }
  | { readonly kind: 'prove-provider'; readonly job: number; readonly provider: ProviderName }
  /** `threads` compute; it means nothing to providers beside the processor's. */
  | { readonly kind: 'measure'; readonly job: number; readonly provider: ProviderName; readonly threads: number }
  | { readonly kind: 'inspect'; readonly job: number; readonly model: ModelFile }
  /** Counts what a run of the model on these inputs would do, without opening or running it. */
  | {
      readonly kind: 'weigh';
      readonly job: number;
      readonly model: ModelFile;
      readonly inputs: readonly { readonly name: string; readonly file: WorkerFile }[];
    }
  /** Reads the inputs of a divided job, which the worker then keeps, and counts their rows. */
  | {
      readonly kind: 'count-rows';
      readonly job: number;
      readonly model: ModelFile;
      readonly provider: ProviderName;
      readonly inputs: readonly { readonly name: string; readonly file: WorkerFile }[];
    }
  | {
      readonly kind: 'run-model';
      readonly job: number;
      readonly model: ModelFile;
      readonly provider: ProviderName;
      readonly inputs: readonly { readonly name: string; readonly file: WorkerFile }[];
      readonly outputFolder: string;
    }
  /** Some rows of the inputs that were counted last. */
  | {
      readonly kind: 'run-rows';
      readonly job: number;
      readonly model: ModelFile;
      readonly provider: ProviderName;
      readonly rows: { readonly first: number; readonly count: number };
      readonly outputFolder: string;
    }
  | {
      readonly kind: 'run-application';
      readonly job: number;
      readonly application: string;
      readonly provider: ProviderName;
      readonly files: readonly { readonly name: string; readonly path: string }[];
      /** Where these files stand among all files of the job. */
      readonly position: { readonly first: number; readonly count: number };
      /** Where models and what lies beside them are looked for, in this order. */
      readonly modelFolders: readonly string[];
      readonly outputFolder: string;
    };

/** Files up to here travel in the message, and so do all outputs of a job when they come to no more together. */
export const mostInlineBytes = 64 * 1024;

/** The worker's end of the channel. */
export interface WorkerPort {
  post(message: WorkerMessage): void;
  onMessage(listener: (message: unknown) => void): void;
}
