import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { InferenceSession } from 'onnxruntime-node';
import type { ModelFile } from './protocol.ts';
import type { ModelDescription } from './worker-message.ts';

/** What goes into an opened model and comes out, and which file it is. */
export const inspectModel = async (session: InferenceSession, model: ModelFile): Promise<ModelDescription> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(model.path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { sha256: hash.digest('hex'), bytes, inputs: session.inputMetadata.map(describe), outputs: session.outputMetadata.map(describe) };
};

const describe = (value: InferenceSession.ValueMetadata): ModelDescription['inputs'][number] =>
  value.isTensor
    ? { name: value.name, dtype: value.type, shape: value.shape.map((size) => (size === '' ? '?' : size)) }
    : { name: value.name, dtype: 'sequence or map', shape: [] };
