import { parentPort, workerData } from 'node:worker_threads';
import { serveNvml, type NvmlThreadData } from './core/infrastructure/devices/nvidia/serve-nvml.ts';

/*
 * Asks NVIDIA's driver beside the sampler's main thread, because its calls may hang.
 */
if (!parentPort) throw new Error('nvml-thread runs in a worker thread');
serveNvml(parentPort, workerData as NvmlThreadData); // set by nvml-probe.ts
