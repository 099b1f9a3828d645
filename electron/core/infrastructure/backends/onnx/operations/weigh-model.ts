import type { Operations } from '../../../../../../shared/model/job.ts';
import { BadInput } from '../bad-input.ts';
import type { ModelFile } from '../protocol.ts';
import { sourceOf, type NamedFile } from '../read-inputs.ts';
import { fileSource, type ByteSource } from '../tensors/byte-source.ts';
import { openTensor } from '../tensors/read-tensor.ts';
import { typeOfNumber } from '../tensors/tensor-proto.ts';
import { countOperations } from './count-operations.ts';
import { windowOn } from './protobuf-fields.ts';
import { bytesOfType, isPlain, readModelGraph } from './read-graph.ts';
import { countIn, mostValues, NotKnown, type Value } from './value.ts';

/**
 * What one run of a model on these inputs does, from the files alone; undefined where that cannot be known. Nothing is said of what is wrong
 * with a file: the run itself will.
 */
export const weighModel = (model: ModelFile, inputs: readonly NamedFile[]): Operations | undefined => {
  const source = fileSource(model.name, model.path);
  try {
    const graph = readModelGraph(windowOn(source));
    const values = new Map(inputs.map(({ name, file }) => [name, valueIn(sourceOf(file), name, graph.inputs.get(name))]));
    return countOperations(graph, values)?.operations;
  } catch (error) {
    if (error instanceof NotKnown || error instanceof BadInput || error instanceof RangeError) return undefined;
    throw error;
  } finally {
    source.close();
  }
};

/** Files that have to be read whole for their shape are read for the run as well; larger ones would hold it up. */
const mostReadBytes = 16 * 1024 * 1024;

/** Its shape, and its numbers where they are few: some models are told by one of them which branch to take. */
const valueIn = (source: ByteSource, name: string, typeNumber = 0): Value => {
  try {
    const type = typeOfNumber(typeNumber);
    const elementBytes = bytesOfType(typeNumber);
    if (type === undefined || elementBytes === undefined) throw new NotKnown(`the type of ${name}`);
    if (!source.name.toLowerCase().endsWith('.npy') && source.size > mostReadBytes) throw new NotKnown(`the shape of ${name}`);
    const { shape, load } = openTensor(source, { name, type, shape: [] });
    const values = isPlain(type) && countIn(shape) <= mostValues ? Array.from(load(), Number) : undefined;
    return { shape, elementBytes, ...(values && { values }) };
  } finally {
    source.close();
  }
};
