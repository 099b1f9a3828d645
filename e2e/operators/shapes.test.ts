import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countOperations } from '../../electron/core/infrastructure/backends/onnx/operations/count-operations.ts';
import { operators } from '../../electron/core/infrastructure/backends/onnx/operations/operators.ts';
import { windowOn } from '../../electron/core/infrastructure/backends/onnx/operations/protobuf-fields.ts';
import { readModelGraph, type Graph } from '../../electron/core/infrastructure/backends/onnx/operations/read-graph.ts';
import type { Value } from '../../electron/core/infrastructure/backends/onnx/operations/value.ts';
import { bytesSource } from '../../electron/core/infrastructure/backends/onnx/tensors/byte-source.ts';
import { readTensorProto, type PlainTensor } from './tensor-proto.ts';

/*
 * What is known of a model before it runs, held against every operator test of ONNX: where a size is told it is the right one, and so are the
 * numbers of small tensors. The report says for how many nothing is told.
 */

const folder = '/usr/share/libonnx-testdata/data/node';

interface Finding {
  readonly name: string;
  readonly verdict: 'right' | 'not-told' | 'wrong';
  readonly why?: string;
}

/** Undefined for what is no tensor, or of a type that has no numbers. */
const tensorIn = (path: string): PlainTensor | undefined => {
  try {
    return readTensorProto(readFileSync(path));
  } catch {
    return undefined;
  }
};

const valueOf = ({ type, dims, data }: PlainTensor): Value => {
  const values = Array.from(data as ArrayLike<number>, Number);
  const isPlain = !type.endsWith('float16') && values.every((value) => !Number.isNaN(value));
  return { shape: dims, elementBytes: 4, ...(values.length <= 1024 && isPlain && { values }) };
};

const isAlike = (told: Value, wanted: PlainTensor): boolean => {
  const isShape = JSON.stringify(told.shape) === JSON.stringify(wanted.dims);
  if (wanted.type.endsWith('float16')) return isShape;
  const numbers = Array.from(wanted.data as ArrayLike<number>, Number);
  // What comes out uneven is told as unknown.
  return (
    isShape &&
    (told.values ?? []).every((value, index) => Number.isNaN(value) || Math.abs(value - (numbers[index] ?? 0)) <= 1e-5 * Math.abs(value))
  );
};

const judge = (name: string, graph: Graph): Finding => {
  const data = join(folder, name, 'test_data_set_0');
  const files = (prefix: string): (PlainTensor | undefined)[] =>
    readdirSync(data)
      .filter((file) => file.startsWith(prefix))
      .sort((one, other) => Number(/\d+/.exec(one)?.[0]) - Number(/\d+/.exec(other)?.[0]))
      .map((file) => tensorIn(join(data, file)));
  const inputs = [...graph.inputs.keys()].flatMap((input, index) => {
    const tensor = files('input_')[index];
    return tensor ? [[input, valueOf(tensor)] as const] : [];
  });
  const told = countOperations(graph, new Map(inputs));
  if (!told) return { name, verdict: 'not-told' };
  const wanted = files('output_');
  const wrong = wanted.findIndex((tensor, index) => tensor && !isAlike(told.outputs[index] ?? { shape: [-1], elementBytes: 0 }, tensor));
  if (wrong === -1) return { name, verdict: 'right' };
  return { name, verdict: 'wrong', why: `${JSON.stringify(told.outputs[wrong])}, not ${JSON.stringify(wanted[wrong]?.dims)}` };
};

describe.skipIf(!existsSync(folder))('what is told of a model before it runs (needs the Debian package libonnx-testdata)', () => {
  test('is right for every operator test of ONNX', () => {
    const findings = readdirSync(folder).flatMap((name) => {
      const graph = readModelGraph(windowOn(bytesSource(name, readFileSync(join(folder, name, 'model.onnx')))));
      // 0 is no tensor; of bfloat16 (16) the test reads bits.
      const isOfTensors = [...graph.inputs.values()].every((type) => type !== 0 && type !== 16);
      return isOfTensors && graph.nodes.every(({ operator }) => operators.has(operator)) ? [judge(name, graph)] : [];
    });
    const of = (verdict: Finding['verdict']): Finding[] => findings.filter((finding) => finding.verdict === verdict);
    process.stdout.write(`sizes told of ${of('right').length + of('wrong').length} of ${findings.length} operator tests\n`);
    expect(of('wrong')).toEqual([]);
    expect(of('right').length).toBeGreaterThan(590);
  });
});
