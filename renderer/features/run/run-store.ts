import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TensorInfo } from '../../../shared/contract/models.ts';
import type { ApplicationManifest } from '../../../shared/model/application.ts';
import { fileLimitBytes } from '../../../shared/model/file-limit.ts';
import type { FileRef } from '../../../shared/model/job.ts';
import { RefusedFileError, type Connection, type Problem } from '../../connection.ts';
import { draftOf, type Draft } from './draft.ts';
import { stagedFile, stagedRef, type Staged } from './staged.ts';

export interface RunState {
  applications: readonly ApplicationManifest[];
  /** Files that were dropped or chosen and wait for a decision. */
  files: readonly Staged[];
  problem: Problem | undefined;
  /** The job whose files were put at hand, to run it again. */
  draft: Draft | undefined;
}

export interface ModelLook {
  file: FileRef;
  inputs: readonly TensorInfo[];
  outputs: readonly TensorInfo[];
}

/** What is about to be run. */
export interface RunStore extends StoreApi<RunState> {
  loadApplications: () => Promise<void>;
  stage: (files: Iterable<File>) => void;
  remove: (file: Staged) => void;
  /** Lets go of all files. */
  unstage: () => void;
  /** Makes ready for the next job. */
  clear: () => void;
  /** Puts the files of an earlier job at hand in place of all others. */
  recall: (id: number) => Promise<{ problem: Problem } | undefined>;
  /** Lets go of the files of an earlier job; others stay. */
  forget: () => void;
  /** Sends or names a model and asks what goes in and out. */
  inspect: (file: Staged) => Promise<ModelLook | { problem: Problem }>;
  /**
   * Makes files known to the core, in their order; `told` hears how many are done. A file beyond the limit, which is what models
   * and applications take, is refused before a byte of it is sent.
   */
  refer: (
    files: readonly Staged[],
    told: (done: number) => void,
    limitBytes?: number,
  ) => Promise<readonly FileRef[] | { problem: Problem }>;
}

/** `offered` are files that the page was opened with. */
export const createRunStore = (connection: Connection, offered: readonly FileRef[]): RunStore => {
  const store = createStore<RunState>(() => ({ applications: [], files: offered.map(stagedRef), problem: undefined, draft: undefined }));
  const refer = async ({ name, source }: Staged, limitBytes: number): Promise<FileRef> => {
    if (!(source instanceof File)) return source;
    const { size: bytes } = source;
    if (bytes > limitBytes) {
      throw new RefusedFileError({ kind: 'refused', reason: { code: 'file-too-large', values: { path: name, bytes, limitBytes } } });
    }
    return connection.refer(source);
  };
  const orProblem = async <Value>(work: () => Promise<Value>): Promise<Value | { problem: Problem }> => {
    try {
      return await work();
    } catch (error) {
      return { problem: connection.problemOf(error) };
    }
  };
  return {
    ...store,
    loadApplications: async () => {
      const found = await orProblem(() => connection.api.applications.list());
      store.setState('problem' in found ? { problem: found.problem } : { applications: found.applications, problem: undefined });
    },
    stage: (files) => store.setState((state) => ({ files: [...state.files, ...[...files].map(stagedFile)] })),
    remove: (file) => store.setState((state) => ({ files: state.files.filter((other) => other !== file) })),
    unstage: () => store.setState({ files: [] }),
    clear: () => store.setState({ files: [], draft: undefined }),
    recall: async (id) => {
      const found = await orProblem(() => connection.api.jobs.get({ id }));
      if ('problem' in found) return found;
      const draft = draftOf(id, found.spec);
      store.setState({ draft, files: draft.files });
      return undefined;
    },
    forget: () => store.setState(({ draft, files }) => ({ draft: undefined, files: files.filter((file) => !draft?.files.includes(file)) })),
    inspect: (file) =>
      orProblem(async () => {
        const model = await refer(file, fileLimitBytes);
        const { inputs, outputs } = await connection.api.models.inspect({ model });
        return { file: model, inputs, outputs };
      }),
    refer: (files, told, limitBytes = fileLimitBytes) =>
      orProblem(async () => {
        const known: FileRef[] = [];
        // One after the other: the disk is the limit, and the order stays that of the files.
        for (const file of files) {
          known.push(await refer(file, limitBytes));
          told(known.length);
        }
        return known;
      }),
  };
};
