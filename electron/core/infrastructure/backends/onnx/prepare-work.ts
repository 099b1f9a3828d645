import { join } from 'node:path';
import type { FileRef } from '../../../../../shared/model/job.ts';
import { fewAtOnce } from '../../../lib/few-at-once.ts';
import type { Chunk } from '../../../division-port.ts';
import type { TaskRun } from '../../../ports.ts';
import type { Mount } from '../confinement.ts';
import { identifyModel, stageFile, takeFile, type GivenFile } from './job-files.ts';
import type { ModelFile, WorkerFile, WorkerRequest } from './protocol.ts';
import type { ProviderName } from './providers/provider-names.ts';
import { confinedModelPath, modelMounts, type Seat } from './seat.ts';

/** Where a worker sees files, as far as a request depends on it. */
type SeatFolders = Pick<Seat, 'folders' | 'isUsed'>;

/** An attempt as far as it is known before it has a worker. */
export interface Work {
  /** Jobs of the same key can use the same warm worker. */
  readonly key: string;
  /** What a confined worker of this key is shown. */
  mounts(): Promise<Mount[]>;
  /** The request for the worker that was found, with its files where that worker sees them: for all items of the job, or for a chunk. */
  request(seat: SeatFolders, job: number, outputFolder: string, provider: ProviderName, chunk?: Chunk): Promise<WorkerRequest>;
  /** Asks what a run does, of a model. */
  weigh?(seat: SeatFolders, job: number): Promise<WorkerRequest>;
  /** Asks how many items a divided job has, where its files have to be read for that; the worker keeps what it has read. */
  count?(seat: SeatFolders, job: number, provider: ProviderName): Promise<WorkerRequest>;
}

/** What is asked for, and where its files are. */
type Asked = Pick<TaskRun, 'spec' | 'resolve'>;

/** Throws BadInput for files that are not there or cannot be read. */
export const prepareWork = (run: Asked, resourcesFolder: string): Promise<Work> => {
  const { spec } = run;
  if (spec.runtime === 'onnx') return prepareModel(run, spec);
  if (spec.runtime === 'application') return prepareApplication(run, spec, resourcesFolder);
  throw new Error(`the ONNX backend was given a job of runtime ${spec.runtime}`);
};

const prepareModel = async (run: Asked, spec: Extract<TaskRun['spec'], { runtime: 'onnx' }>): Promise<Work> => {
  const [model, ...files] = await Promise.all([
    identifyModel(given(run, spec.model)),
    ...spec.inputs.map(async ({ name, file }) => ({ name, given: given(run, file), taken: await takeFile(given(run, file)) })),
  ]);
  const inputsFor = (seat: SeatFolders): Promise<{ name: string; file: WorkerFile }[]> =>
    Promise.all(files.map(async (file, index) => ({ name: file.name, file: await place(file.taken, file.given, index, seat) })));
  return {
    ...modelWork(model),
    request: async (seat, job, outputFolder, provider, chunk) => {
      const common = { job, model: seenBy(seat, model), provider, outputFolder };
      if (chunk) return { kind: 'run-rows', ...common, rows: { first: chunk.first, count: chunk.count } };
      return { kind: 'run-model', ...common, inputs: await inputsFor(seat) };
    },
    weigh: async (seat, job) => ({ kind: 'weigh', job, model: seenBy(seat, model), inputs: await inputsFor(seat) }),
    count: async (seat, job, provider) => {
      return { kind: 'count-rows', job, model: seenBy(seat, model), provider, inputs: await inputsFor(seat) };
    },
  };
};

/** The beginning of the key of such work, up to a colon, as far as it is known without a look at the disk. */
export const workName = ({ spec, resolve }: Asked): string | undefined => {
  if (spec.runtime === 'onnx') return modelName(resolve(spec.model).path);
  return spec.runtime === 'application' ? applicationName(spec.application) : undefined;
};

const modelName = (path: string): string => `model:${path}`;
const applicationName = (application: string): string => `application:${application}`;

/** What every job with this model has in common. */
const modelWork = (model: ModelFile): Pick<Work, 'key' | 'mounts'> => ({
  key: `${modelName(model.path)}:${model.identity}`,
  mounts: () => modelMounts(model.path),
});

export const prepareInspection = async (file: { path: string; name: string }): Promise<Work> => {
  const model = await identifyModel({ ...file, shown: file.name });
  return { ...modelWork(model), request: async (seat, job) => ({ kind: 'inspect', job, model: seenBy(seat, model) }) };
};

const prepareApplication = async (
  run: Asked,
  spec: Extract<TaskRun['spec'], { runtime: 'application' }>,
  resourcesFolder: string,
): Promise<Work> => {
  const models = join(resourcesFolder, 'models');
  const files = spec.files.map((file) => given(run, file));
  return {
    key: `${applicationName(spec.application)}:`,
    mounts: async () => [{ from: models, to: models }],
    request: async (seat, job, outputFolder, provider, { first, count } = { id: 0, first: 0, count: files.length }) => ({
      kind: 'run-application',
      job,
      application: spec.application,
      provider,
      files: await fewAtOnce(files.slice(first, first + count), (file, index) => placeFile(file, index, seat)),
      position: { first, count: files.length },
      modelFolders: [models, join(models, 'gathered')],
      outputFolder,
    }),
  };
};

const given = (run: Asked, ref: FileRef): GivenFile => {
  const { path, name } = run.resolve(ref);
  // A path says more than a name; an uploaded file has only its name.
  return { path, name, shown: 'path' in ref ? path : name };
};

const seenBy = (seat: SeatFolders, model: ModelFile): ModelFile =>
  seat.folders ? { ...model, path: confinedModelPath(model.path) } : model;

const place = async (taken: WorkerFile, file: GivenFile, index: number, seat: SeatFolders): Promise<WorkerFile> =>
  'bytes' in taken ? taken : placeFile(file, index, seat);

const placeFile = async (file: GivenFile, index: number, seat: SeatFolders): Promise<{ name: string; path: string }> => {
  if (!seat.folders) return { name: file.name, path: file.path };
  seat.isUsed = true;
  return stageFile(file, index, seat.folders);
};
