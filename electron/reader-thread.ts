import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { hashFile } from './core/infrastructure/storage/hash-file.ts';
import { busyMs } from './core/infrastructure/storage/journal-schema.ts';
import { prepareQueries } from './core/infrastructure/storage/reader-queries.ts';
import type { ReaderAnswer, ReaderRequest } from './core/infrastructure/storage/reader.ts';

/*
 * Reads the journal and hashes files beside the core's main thread. Its connection cannot write.
 */
const port = parentPort;
if (!port) throw new Error('reader-thread runs in a worker thread');

const database = new DatabaseSync((workerData as { file: string }).file, { readOnly: true, timeout: busyMs }); // set by reader.ts
const queries = prepareQueries(database);

const run = (request: Exclude<ReaderRequest, { name: 'close' }>): unknown => {
  if (request.name === 'hashFile') return hashFile(request.path);
  const query = queries[request.name] as (...args: unknown[]) => unknown; // names and arguments are paired in ReaderRequest
  return query(...request.args);
};

const answer = async (request: Exclude<ReaderRequest, { name: 'close' }>): Promise<ReaderAnswer> => {
  try {
    return { id: request.id, value: await run(request) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
};

port.on('message', (request: ReaderRequest) => {
  if (request.name === 'close') {
    database.close();
    port.close();
  } else void answer(request).then((value) => port.postMessage(value));
});
