import { parentPort, workerData } from 'node:worker_threads';
import { createMetricsKeeper } from './core/infrastructure/storage/metrics/metrics-keeper.ts';
import type { MetricsAnswer, MetricsRequest } from './core/infrastructure/storage/metrics/metrics-store.ts';

/*
 * Keeps measurements and answers what was measured, beside the core's main thread and the journal.
 */
const port = parentPort;
if (!port) throw new Error('metrics-thread runs in a worker thread');

const { file } = workerData as { file: string }; // set by metrics-store.ts, the only one who starts this
const answer = (message: MetricsAnswer): void => port.postMessage(message);
const keeper = createMetricsKeeper({ file, now: Date.now, warn: (text) => answer({ kind: 'warning', text }) });

port.on('message', (request: MetricsRequest) => {
  if (request.kind === 'tick') keeper.add(request.tick);
  else if (request.kind === 'series') answer({ kind: 'value', id: request.id, value: keeper.series(request.query) });
  else if (request.kind === 'means') answer({ kind: 'value', id: request.id, value: keeper.means(request.query) });
  else {
    keeper.close();
    port.close();
  }
});
