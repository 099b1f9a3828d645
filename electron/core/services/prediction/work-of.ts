import { basename } from 'node:path';
import { isEnded, type FileRef, type JobDetail, type JobSpec, type JobState, type RanOn } from '../../../../shared/model/job.ts';
import type { Work } from './work.ts';

/** What a prediction needs of a job. */
export interface PredictableJob {
  readonly spec: JobSpec;
  readonly demand: JobDetail['demand'];
  /** Of a divided job that has not ended: who shares it. */
  readonly parts?: readonly { readonly part: { readonly device: string; readonly leftOut?: unknown } }[];
}

type PartProof = NonNullable<RanOn['parts']>[number];

/**
 * How the predictor knows a job again that is done on one device; undefined for a process that somebody else started, whose beginning nobody
 * saw.
 */
export const workOf = ({ spec, demand }: PredictableJob, device: string, warm?: boolean): Work | undefined => {
  const { inputBytes = 0, cores, operations } = demand;
  const said = spec.expectedSeconds === undefined ? {} : { said: spec.expectedSeconds };
  const mode = { ...said, ...(warm !== undefined && { warm }) };
  const group = `${spec.group} ${spec.runtime}`;
  switch (spec.runtime) {
    case 'onnx': {
      const model = 'path' in spec.model ? spec.model.path : spec.model.fileId;
      const family = familyOfModel(spec.model);
      const known = operations ? { operations } : {};
      return { exact: keyOf(model, inputBytes, cores), family, group, device, size: inputBytes, items: 1, ...known, ...mode };
    }
    case 'application': {
      const items = spec.files.length;
      return {
        exact: keyOf(spec.application, items, inputBytes),
        family: spec.application,
        group,
        device,
        size: inputBytes,
        items,
        ...mode,
      };
    }
    case 'command':
      return {
        exact: keyOf(spec.folder, cores, ...spec.command),
        family: programOf(spec.command),
        group,
        device,
        size: 0,
        items: 1,
        ...said,
      };
    case 'container':
      return { exact: keyOf(spec.image, cores, ...spec.command), family: spec.image, group, device, size: 0, items: 1, ...said };
    case 'process':
      return undefined;
  }
};

/** An uploaded model has a new path each time. */
export const familyOfModel = (model: FileRef): string => ('path' in model ? model.path : model.name);

export const isDivided = (spec: JobSpec): boolean => 'split' in spec;

/** What one device did of a divided job: as much as a smaller job. Its time is that of its chunks, so that starting its worker is not in it. */
export const partWorkOf = ({ spec, demand }: PredictableJob, { device, items }: PartProof, allItems: number): Work | undefined => {
  const { inputBytes } = demand;
  const files = 'files' in spec ? { files: spec.files.slice(0, items) } : {};
  const bytes = inputBytes === undefined ? {} : { inputBytes: Math.round((inputBytes * items) / allItems) };
  return workOf({ spec: { ...spec, ...files } as JobSpec, demand: { ...demand, ...bytes } }, device, true); // the same runtime with fewer files
};

const keyOf = (...words: (string | number)[]): string => JSON.stringify(words);

/** Programs that say nothing by themselves: what they are to run comes first among their arguments. */
const interpreters = /^(?:python|pypy|node|deno|bun|tsx|ruby|perl|php|lua|Rscript|julia|java|bash|sh|dash|zsh|fish)[\d.]*$/;
/** A script given as an argument is a program of its own; more of it than this does not help to tell it apart. */
const inlineLength = 60;

/** `train.py` of `python3 -u train.py --epochs 3`, with its interpreter; else the program. */
const programOf = ([program = '', ...rest]: readonly string[]): string => {
  const name = basename(program);
  if (!interpreters.test(name)) return name;
  const [script] = rest.filter((word) => !word.startsWith('-'));
  if (script === undefined) return name;
  const isInline = /\s/.test(script);
  return `${name} ${isInline ? script.slice(0, inlineLength) : basename(script)}`;
};

/** The devices that an attempt runs or ran on: what it was granted beside the processor, else the processor or its share. */
export const deviceOf = (state: JobState, { device: request }: JobDetail['demand']): string | undefined => {
  if ('placement' in state) return joined(state.placement.accelerators?.map(({ device }) => device) ?? []) ?? state.placement.device;
  if (!isEnded(state) || !state.ranOn) return undefined;
  // Those that were granted stand before those where it was only seen.
  return joined((state.ranOn.devices ?? []).slice(0, request?.count ?? 0).map(({ device }) => device)) ?? state.ranOn.device;
};

const joined = (devices: readonly string[]): string | undefined => (devices.length === 0 ? undefined : devices.toSorted().join('+'));
