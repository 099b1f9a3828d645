import type { MessagePort } from 'node:worker_threads';
import { openSystemFolder } from '../sysfs/system-folder.ts';
import { nvmlCode, NvmlDriverError } from './nvml-codes.ts';
import { loadNvml, type NvmlLibrary } from './nvml-library.ts';
import { createNvmlReader, type NvmlReader } from './nvml-reader.ts';

export interface NvmlThreadData {
  readonly platform: NodeJS.Platform;
  readonly procfs: string;
}

export interface NvmlRequest {
  readonly id: number;
  readonly call: 'discover' | 'sample' | 'processes';
}

/** `no-library`: NVML is not there, or not for this kind of program. */
export type NvmlAnswer =
  | { readonly id: number; readonly kind: 'value'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'no-library' }
  | { readonly id: number; readonly kind: 'error'; readonly detail: string };

/** Answers requests one after another; a call that hangs in the driver hangs this thread and nothing else. */
export const serveNvml = (port: MessagePort, { platform, procfs }: NvmlThreadData): void => {
  const proc = openSystemFolder(procfs);
  let library: NvmlLibrary | undefined;
  let reader: NvmlReader | undefined;

  const answer = async ({ id, call }: NvmlRequest): Promise<NvmlAnswer> => {
    try {
      library ??= await loadNvml(platform);
      if (!library) return { id, kind: 'no-library' };
      reader ??= createNvmlReader(library, proc);
      return { id, kind: 'value', value: reader[call]() };
    } catch (error) {
      // The driver was replaced under a running library: the new library is the one on the disk.
      if (error instanceof NvmlDriverError && error.code === nvmlCode.versionMismatch) {
        library?.unload();
        library = undefined;
        reader = undefined;
      }
      return { id, kind: 'error', detail: error instanceof Error ? error.message : String(error) };
    }
  };

  port.on('message', (request: NvmlRequest) => void answer(request).then((message) => port.postMessage(message)));
};
