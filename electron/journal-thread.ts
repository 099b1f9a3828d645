import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { busyMs, writerPragmas } from './core/infrastructure/storage/journal-schema.ts';
import { prepareWrites, type PackedWrites } from './core/infrastructure/storage/journal-writes.ts';

/*
 * The only writer of the journal. The core posts one batch at a time and gets one answer to each: null, or what went wrong.
 */
const port = parentPort;
if (!port) throw new Error('journal-thread runs in a worker thread');

const database = new DatabaseSync((workerData as { file: string }).file, { timeout: busyMs }); // set by journal.ts, the only one who starts this
database.exec(writerPragmas);
const write = prepareWrites(database);

port.on('message', (writes: PackedWrites | 'close') => {
  if (writes === 'close') {
    database.close();
    port.postMessage(null);
    port.close();
    return;
  }
  try {
    write(writes);
    port.postMessage(null);
  } catch (error) {
    port.postMessage(error instanceof Error ? error.message : String(error));
  }
});
