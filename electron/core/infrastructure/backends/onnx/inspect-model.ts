import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { InferenceSession } from 'onnxruntime-node';
import type { ModelFile } from './protocol.ts';
import { wantedInputs } from './read-inputs.ts';
import type { WantedInput } from './tensors/read-tensor.ts';
import type { ModelDescription } from './worker-message.ts';

/** What goes into an opened model and comes out, and which file it is. Refuses a model that no files could be given to. */
export const inspectModel = async (session: InferenceSession, model: ModelFile): Promise<ModelDescription> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(model.path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return {
    sha256: hash.digest('hex'),
    bytes,
    inputs: wantedInputs(session, model).map(described),
    outputs: session.outputMetadata.map(describeOutput),
  };
};

const described = ({ name, type, shape }: Pick<WantedInput, 'name' | 'shape'> & { type: string }): ModelDescription['inputs'][number] => ({
  name,
  dtype: type,
  shape: shape.map((size) => (size === '' ? '?' : size)),
});

const describeOutput = (value: InferenceSession.ValueMetadata): ModelDescription['outputs'][number] =>
  value.isTensor ? described(value) : { name: value.name, dtype: 'sequence or map', shape: [] };
