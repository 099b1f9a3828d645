import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { JobDetail } from '../shared/model/job.ts';
import { openRest, switchyard, type Ran, type Rest, type RunOptions } from './switchyard.ts';

/** A data folder of its own, the faces of the core that serves it, and a folder for files beside it. */
export interface OwnCore {
  readonly dataFolder: string;
  readonly workFolder: string;
  readonly rest: Rest;
  /** One command of the command line. */
  run(...words: string[]): Promise<Ran>;
  runWith(options: Omit<RunOptions, 'dataFolder'>, ...words: string[]): Promise<Ran>;
  /** What a command prints that must end with 0. */
  succeed(...words: string[]): Promise<string>;
  job(id: number): Promise<JobDetail>;
  /** The path of a new file in the work folder. */
  write(name: string, content: string | Uint8Array): string;
}

/** For the tests of one file: the command line starts the core with its first command; both folders go with the last test. */
export const ownCore = (environment: NodeJS.ProcessEnv = {}): OwnCore => {
  const root = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  const dataFolder = join(root, 'data');
  const workFolder = join(root, 'work');
  mkdirSync(workFolder);
  const rest = openRest(dataFolder);
  const runWith: OwnCore['runWith'] = (options, ...words) =>
    switchyard(words, { ...options, dataFolder, environment: { ...environment, ...options.environment } });

  const succeed: OwnCore['succeed'] = async (...words) => {
    const { code, stdout, stderr } = await runWith({}, ...words);
    expect({ code, stderr }, words.join(' ')).toMatchObject({ code: 0 });
    return stdout;
  };

  afterAll(async () => {
    await runWith({}, 'shutdown');
    rest.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  });

  return {
    dataFolder,
    workFolder,
    rest,
    runWith,
    run: (...words) => runWith({}, ...words),
    succeed,
    job: async (id) => JSON.parse(await succeed('status', String(id), '--json')) as JobDetail,
    write: (name, content) => {
      const path = join(workFolder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
  };
};
