import { readFile } from 'node:fs/promises';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { readTensorProto, type PlainTensor } from './tensor-proto.ts';

// Without this the runtime fails on every float16 input under Node 24; plain use of it is measured at its best.
Reflect.deleteProperty(globalThis, 'Float16Array');

export interface PlainRun {
  readonly inputs: InferenceSession.ValueMetadata[];
  readonly outputs: InferenceSession.ValueMetadata[];
  /** In the order of `outputs`. */
  run(inputFiles: readonly string[]): Promise<PlainTensor[]>;
  close(): Promise<void>;
}

/** A model opened by onnxruntime-node in this very process. */
export const openPlain = async (model: string): Promise<PlainRun> => {
  const runtime = await import('onnxruntime-node');
  const session = await runtime.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return {
    inputs: [...session.inputMetadata],
    outputs: [...session.outputMetadata],
    run: async (inputFiles) => {
      const feeds: Record<string, Tensor> = {};
      for (const [index, file] of inputFiles.entries()) {
        const { type, data, dims } = readTensorProto(await readFile(file));
        const name = session.inputNames[index];
        if (name === undefined) throw new Error('more inputs given than the model has');
        feeds[name] = new runtime.Tensor(type as 'float32', data as Float32Array, dims);
      }
      const outputs = await session.run(feeds);
      return session.outputNames.map((name) => {
        const tensor = outputs[name];
        if (!tensor) throw new Error(`no output ${name}`);
        return { type: tensor.type, dims: tensor.dims, data: tensor.data as PlainTensor['data'] };
      });
    },
    close: () => session.release(),
  };
};
