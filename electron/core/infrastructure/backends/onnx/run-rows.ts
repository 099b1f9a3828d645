import type { InferenceSession } from 'onnxruntime-node';
import type { JobResult } from '../../../../../shared/model/application.ts';
import { BadInput } from './bad-input.ts';
import type { Produced } from './deliver-artifacts.ts';
import type { ModelFile } from './protocol.ts';
import { readInputs, wantedInputs, type NamedFile } from './read-inputs.ts';
import { describeOutputs, runTensors } from './run-model.ts';
import type { WantedInput } from './tensors/read-tensor.ts';
import { formatShape, type Tensor, type TensorData } from './tensors/tensor.ts';

/** The inputs of a divided job as a worker keeps them from chunk to chunk. */
export interface Batch {
  readonly rows: number;
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Those whose first dimension is the rows; the others are given whole to each chunk. */
  readonly divided: ReadonlySet<string>;
}

/** Reads the inputs of a model and finds their rows: the first dimension that the model leaves open. */
export const readBatch = (session: InferenceSession, model: ModelFile, given: readonly NamedFile[]): Batch => {
  const wanted = wantedInputs(session, model);
  const inputs = readInputs(wanted, given);
  const divided = new Set(withRows(wanted).map(({ name }) => name));
  const [first, ...others] = [...inputs].filter(([name]) => divided.has(name));
  const rows = first?.[1].shape[0];
  if (!first || rows === undefined || rows === 0) throw new BadInput({ code: 'rows-missing', values: { model: model.name } });
  for (const [name, { shape }] of others) {
    if (shape[0] === rows) continue;
    throw new BadInput({ code: 'rows-differ', values: { input: first[0], rows, other: name, otherRows: shape[0] ?? 0 } });
  }
  return { rows, inputs, divided };
};

/** Where the model names its open dimensions, only those of the first one's name are rows. */
const withRows = (wanted: readonly WantedInput[]): WantedInput[] => {
  const open = wanted.filter(({ shape }) => typeof shape[0] === 'string');
  return open.filter(({ shape }) => shape[0] === open[0]?.shape[0]);
};

/** Runs a model on some of the rows; each output must have one row for each of them. */
export const runRows = async (
  session: InferenceSession,
  model: ModelFile,
  batch: Batch,
  rows: { readonly first: number; readonly count: number },
): Promise<{ result: JobResult; produced: Produced[] }> => {
  const outputs = await runTensors(session, model, rowsOf(batch, rows));
  for (const [name, { shape, type }] of outputs) {
    if (shape[0] !== rows.count) {
      throw new BadInput({ code: 'rows-lost', values: { output: name, shape: formatShape(shape), rows: rows.count } });
    }
    // Texts of a file take the room of the longest, which no chunk knows.
    if (type === 'string')
      throw new BadInput({ code: 'rows-lost', values: { output: name, shape: `string ${formatShape(shape)}`, rows: rows.count } });
  }
  return describeOutputs(outputs, 'rows');
};

const rowsOf = ({ inputs, divided, rows }: Batch, { first, count }: { first: number; count: number }): Map<string, Tensor> =>
  new Map([...inputs].map(([name, tensor]) => [name, divided.has(name) ? slice(tensor, rows, first, count) : tensor]));

const slice = ({ type, shape, data }: Tensor, rows: number, first: number, count: number): Tensor => {
  const width = data.length / rows;
  const range = [first * width, (first + count) * width] as const;
  const part: TensorData = Array.isArray(data) ? data.slice(...range) : data.subarray(...range);
  return { type, shape: [count, ...shape.slice(1)], data: part };
};
