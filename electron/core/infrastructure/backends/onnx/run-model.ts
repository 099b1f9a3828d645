import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import type { JobResult } from '../../../../../shared/model/application.ts';
import type { TensorOutput } from '../../../../../shared/model/artifact.ts';
import { artifactNames } from './artifact-names.ts';
import { BadInput } from './bad-input.ts';
import type { Produced } from './deliver-artifacts.ts';
import type { ModelFile } from './protocol.ts';
import { isMemoryFailure, runProblem } from './runtime-errors.ts';
import { formatNpy } from './tensors/npy.ts';
import type { ElementType, Tensor, TensorData } from './tensors/tensor.ts';

/** Runs a model once; every output that is a tensor becomes a `.npy`. */
export const runModel = async (
  session: InferenceSession,
  model: ModelFile,
  inputs: ReadonlyMap<string, Tensor>,
): Promise<{ result: JobResult; produced: Produced[] }> => describeOutputs(await runTensors(session, model, inputs));

/** As files and as a result; `joined` for those of a chunk of rows. */
export const describeOutputs = (outputs: ReadonlyMap<string, Tensor>, joined?: 'rows'): { result: JobResult; produced: Produced[] } => {
  const files = artifactNames([...outputs.keys()], '.npy');
  const described: TensorOutput[] = [];
  const produced: Produced[] = [];
  for (const [name, tensor] of outputs) {
    const file = files.get(name) ?? name;
    described.push({ name, file, dtype: tensor.type, shape: [...tensor.shape] });
    produced.push({ name: file, mediaType: 'application/x-npy', ...(joined && { joined }), pieces: formatNpy(tensor) });
  }
  return { result: { kind: 'tensors', outputs: described }, produced };
};

export const runTensors = async (
  session: InferenceSession,
  model: ModelFile,
  inputs: ReadonlyMap<string, Tensor>,
): Promise<Map<string, Tensor>> => {
  const { Tensor: RuntimeTensor } = await import('onnxruntime-node');
  const names = session.outputMetadata.filter((output) => output.isTensor).map((output) => output.name);
  if (names.length === 0) {
    throw new BadInput({ code: 'model-unsupported', values: { model: model.name, detail: 'None of its outputs is a tensor.' } });
  }
  try {
    const feeds: Record<string, RuntimeTensor> = {};
    for (const [name, { type, data, shape }] of inputs) feeds[name] = new RuntimeTensor(type, data as Float32Array, shape);
    const outputs = await session.run(feeds, names);
    return new Map(names.map((name) => [name, fromRuntime(outputs[name], name)]));
  } catch (error) {
    if (error instanceof BadInput || isMemoryFailure(error)) throw error;
    throw new BadInput(runProblem(error));
  }
};

const fromRuntime = (tensor: RuntimeTensor | undefined, name: string): Tensor => {
  if (tensor) return { type: tensor.type as ElementType, shape: tensor.dims, data: tensor.data as TensorData };
  throw new BadInput({ code: 'run-failed', values: { detail: `The model gave nothing for its output ${name}.` } });
};
