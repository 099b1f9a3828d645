import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Host } from '../../../ports.ts';
import { bindProcess, boundTo } from '../bind-to-cores.ts';
import { codeMounts, type Confinement, type Mount } from '../confinement.ts';
import { clearSlotFolders, makeSlotFolders, type SlotFolders } from './job-files.ts';
import { outsideWeightsOf } from './outside-weights.ts';
import { createOnnxWorker, type Ending, type OnnxWorker } from './onnx-worker.ts';
import type { Poolable } from './worker-pool.ts';
import type { WorkerRecords } from './worker-records.ts';

/** A worker with what belongs to it on the disk. */
export interface Seat extends Poolable {
  readonly worker: OnnxWorker;
  /** Resolves when nothing of it is left, on the disk neither. */
  readonly ended: Promise<Ending>;
  /** Present when it is confined: the only folders of ours that it sees. */
  readonly folders: SlotFolders | undefined;
  /** The end of what it printed, once it has ended. */
  readonly lastWords: Promise<string>;
  /** How often memory had run out on this machine when it was started. */
  readonly memoryKills: number;
  /** The memory limit that holds now. */
  limitBytes: number | undefined;
  /** Whether the folders hold something of the job that ran. */
  isUsed: boolean;
}

/** What a worker is given of the devices of the machine. */
export interface SeatDevices {
  /** Files under /dev. */
  readonly nodes: readonly string[];
  /** Shows the drivers' libraries only what was granted. */
  readonly environment: Readonly<Record<string, string>>;
  /** The cores it stays on; any when absent. */
  readonly coreIds?: readonly number[];
}

export interface SeatMaker {
  open(readOnly: readonly Mount[], devices?: SeatDevices): Promise<Seat>;
}

export interface SeatOptions {
  readonly host: Pick<Host, 'spawnWorker' | 'canWrapWorkers' | 'entriesFolder'>;
  /** `<data>/run`. */
  readonly runFolder: string;
  readonly records: WorkerRecords;
  readonly confinement: Confinement | undefined;
  countMemoryKills(): Promise<number>;
}

export const createSeatMaker = ({ host, runFolder, records, confinement, countMemoryKills }: SeatOptions): SeatMaker => {
  let opened = 0;
  const code = codeMounts(host.entriesFolder);

  const open: SeatMaker['open'] = async (readOnly, devices = noDevices) => {
    opened += 1;
    const slot = String(opened);
    const logFile = join(runFolder, 'worker-logs', slot);
    await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
    const temporary = join(runFolder, 'worker-temporary', slot);
    if (!confinement) await mkdir(temporary, { recursive: true, mode: 0o700 });
    const folders = confinement ? await makeSlotFolders(join(runFolder, 'slots', slot)) : undefined;
    const binding = host.canWrapWorkers ? await boundTo(devices.coreIds).catch(asNotStarted) : [];
    const confined = folders && confinement ? confinement.wrapper(viewOf(folders, [...code, ...readOnly], devices)) : [];
    // A worker that is killed tidies nothing away; a confinement has a folder of its own that goes with it.
    const place = confinement ? { TMPDIR: '/tmp', SWITCHYARD_OWN_SESSION: '1' } : { TMPDIR: temporary };
    const environment = { ...keepsFreedMemory, ...devices.environment, ...place };
    const memoryKills = await countMemoryKills();
    const process = await host.spawnWorker({ environment, wrapper: [...binding, ...confined], logFile }).catch(asNotStarted);
    await records.add(slot, process.pid).catch((error: unknown) => {
      // A worker that is written down nowhere could outlive the core.
      process.kill();
      throw error;
    });
    const lastWords = process.exited.then(() => readEnd(logFile));
    // What cannot be removed now is removed when the next core starts.
    const cleanedUp = lastWords.then(() => cleanUp(slot, [logFile, temporary], folders)).catch(() => undefined);
    const worker = await createOnnxWorker(process).catch(async (error: Error) => {
      throw new WorkerNotStarted(`${error.message} ${lastError(await lastWords)}`.trim(), { cause: error });
    });
    const ended = cleanedUp.then(() => worker.ended);
    // Where nothing can be put before it, it is bound before it has been asked anything.
    if (devices.coreIds && !host.canWrapWorkers) {
      await bindProcess(process.pid, devices.coreIds).catch((error: unknown) => {
        worker.end();
        return asNotStarted(error);
      });
    }
    return { worker, ended, end: worker.end, folders, lastWords, memoryKills, limitBytes: undefined, isUsed: false };
  };

  const cleanUp = async (slot: string, paths: readonly string[], folders: SlotFolders | undefined): Promise<void> => {
    await records.remove(slot);
    for (const path of folders ? [...paths, folders.root] : paths) await rm(path, { recursive: true, force: true });
  };

  return { open };
};

/** A worker that could not be had at all; its message is the detail of the reason. */
export class WorkerNotStarted extends Error {
  override readonly name = 'WorkerNotStarted';
}

const asNotStarted = (error: unknown): never => {
  throw new WorkerNotStarted(error instanceof Error ? error.message : String(error), { cause: error });
};

/** The line in which Node or a confinement says what was wrong. */
const lastError = (words: string): string =>
  words
    .split('\n')
    .findLast((line) => /error|bwrap:|cannot/i.test(line))
    ?.trim() ?? '';

/**
 * glibc maps a large block anew for each allocation until it has seen such a block freed, and whether that happens in a worker is chance;
 * a model that allocates its tensors so pays for fresh pages in each run (15 % of a line of text). These are the bounds, in bytes,
 * that glibc itself would move to. Other systems do not read them.
 */
const keepsFreedMemory = { MALLOC_MMAP_THRESHOLD_: String(32 * 1024 ** 2), MALLOC_TRIM_THRESHOLD_: String(64 * 1024 ** 2) };

const noDevices: SeatDevices = { nodes: [], environment: {} };

const viewOf = (folders: SlotFolders, readOnly: readonly Mount[], { nodes }: SeatDevices) => ({
  readOnly: [...readOnly, { from: folders.inputs, to: '/in' }],
  writable: [{ from: folders.outputs, to: '/out' }],
  devices: nodes,
});

const longestEnd = 4096;

const readEnd = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.slice(-longestEnd);
};

/** What a worker printed before it crashed belongs to the job during which it crashed. */
export const appendLastWords = async (seat: Seat, logFile: string): Promise<string> => {
  const words = await seat.lastWords;
  if (words !== '') await appendFile(logFile, words, { mode: 0o600 }).catch(() => undefined);
  return words;
};

export const clearSeat = async (seat: Seat): Promise<void> => {
  if (seat.folders && seat.isUsed) await clearSlotFolders(seat.folders);
  seat.isUsed = false;
};

/** Where a confined worker finds its model, and its weights kept outside. */
export const modelMounts = async (path: string): Promise<Mount[]> => {
  const weights = await outsideWeightsOf(path);
  return [path, ...weights].map((from) => ({ from, to: confinedModelPath(from) }));
};

export const confinedModelPath = (path: string): string => `/model/${basename(path)}`;
