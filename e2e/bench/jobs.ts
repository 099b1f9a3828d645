import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRequest } from '../../shared/model/job.ts';
import { repository } from '../switchyard.ts';

/** The cheapest real command there is. */
export const trueJob: JobRequest = { runtime: 'command', command: ['true'], folder: tmpdir() };

export const trueJobs = (count: number): JobRequest[] => Array.from({ length: count }, () => trueJob);

/** Holds all cores and does nothing with them, so that everything behind it stays in the queue. */
export const blockerJob = (cores: number): JobRequest => ({
  runtime: 'command',
  command: ['sleep', '100000'],
  folder: tmpdir(),
  resources: { cores },
  priority: 1000,
});

export const wineModel = join(repository, 'resources', 'models', 'wine_mlp.onnx');

/** One inference of a small model. */
export const wineJob = (input: string): JobRequest => ({
  runtime: 'onnx',
  model: { path: wineModel },
  inputs: [{ name: 'x', file: { path: input } }],
});

export const wineValues = [14.2, 1.7, 2.4, 15.6, 127, 2.8, 3.1, 0.28, 2.3, 5.6, 1.04, 3.9, 1065];
