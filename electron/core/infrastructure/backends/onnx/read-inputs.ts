import type { InferenceSession } from 'onnxruntime-node';
import { BadInput } from './bad-input.ts';
import type { ModelFile, WorkerFile } from './protocol.ts';
import { bytesSource, fileSource, type ByteSource } from './tensors/byte-source.ts';
import { readTensor, type WantedInput } from './tensors/read-tensor.ts';
import { formatShape, type ElementType, type Tensor } from './tensors/tensor.ts';

export interface NamedFile {
  readonly name: string;
  readonly file: WorkerFile;
}

/** What a model takes. */
export const wantedInputs = (session: InferenceSession, model: ModelFile): WantedInput[] =>
  session.inputMetadata.map((input) => {
    if (input.isTensor) return { name: input.name, type: input.type as ElementType, shape: input.shape };
    const detail = `Its input ${input.name} is a sequence or a map, which no tensor file holds.`;
    throw new BadInput({ code: 'model-unsupported', values: { model: model.name, detail } });
  });

/** The tensors of the files that are given for each input; says first what is missing or too much, because that needs no file read. */
export const readInputs = (wanted: readonly WantedInput[], given: readonly NamedFile[]): Map<string, Tensor> => {
  const files = new Map(given.map((input) => [input.name, input.file]));
  const twice = given.find((input) => files.get(input.name) !== input.file);
  if (twice) throw new BadInput({ code: 'input-twice', values: { input: twice.name } });
  for (const name of files.keys()) {
    if (wanted.some((input) => input.name === name)) continue;
    throw new BadInput({ code: 'input-unknown', values: { input: name, known: wanted.map((input) => input.name).join(', ') || 'none' } });
  }
  const missing = wanted.find((input) => !files.has(input.name));
  if (missing) {
    const values = { input: missing.name, type: missing.type, shape: formatShape(missing.shape) };
    throw new BadInput({ code: 'input-missing', values });
  }
  return new Map(
    wanted.map((input) => {
      const file = files.get(input.name);
      if (!file) throw new Error('an input without a file was not noticed');
      return [input.name, readTensor(sourceOf(file), input)];
    }),
  );
};

export const sourceOf = (file: WorkerFile): ByteSource =>
  'bytes' in file ? bytesSource(file.name, file.bytes) : fileSource(file.name, file.path);
