import { join, relative } from 'node:path';
import { makeFolder } from '../../lib/make-folder.ts';

/** Where things lie in a data folder. */
export interface Layout {
  readonly root: string;
  readonly journal: string;
  /** What was measured over time. */
  readonly metrics: string;
  readonly lock: string;
  /** Artifacts too large for the journal, under their sha256. */
  readonly artifacts: string;
  readonly uploads: string;
  readonly jobs: string;
  readonly run: string;
  readonly logs: string;
}

export const layoutOf = (dataFolder: string): Layout => ({
  root: dataFolder,
  journal: join(dataFolder, 'journal.db'),
  metrics: join(dataFolder, 'metrics.db'),
  lock: join(dataFolder, 'lock.db'),
  artifacts: join(dataFolder, 'artifacts'),
  uploads: join(dataFolder, 'uploads'),
  jobs: join(dataFolder, 'jobs'),
  run: join(dataFolder, 'run'),
  logs: join(dataFolder, 'logs'),
});

/** Makes the folders; only the owner may look into them. */
export const makeFolders = (layout: Layout): void => {
  for (const folder of [layout.root, layout.artifacts, layout.uploads, layout.jobs, layout.run, layout.logs]) {
    makeFolder(folder, 0o700);
  }
};

interface AttemptPaths {
  readonly parent: string;
  readonly folder: string;
  /** Of the parts of a job that is divided. */
  readonly partsFolder: string;
  readonly logFile: string;
}

const attemptsPerFolder = 1000;

/** The folder and the log of one attempt; a thousand jobs share a folder so that none grows without bound. */
export const attemptPaths = (layout: Layout, jobId: number, attempt: number): AttemptPaths => {
  const parent = join(layout.jobs, String(Math.floor(jobId / attemptsPerFolder)));
  const folder = join(parent, `${jobId}.${attempt}`);
  return { parent, folder, partsFolder: `${folder}.parts`, logFile: `${folder}.log` };
};

/** What one attempt has on the disk, under the data folder. */
export const attemptPlaces = (layout: Layout, jobId: number, attempt: number): readonly string[] => {
  const { folder, partsFolder, logFile } = attemptPaths(layout, jobId, attempt);
  return [folder, partsFolder, logFile].map((path) => relative(layout.root, path));
};
