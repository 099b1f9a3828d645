import protobuf from 'protobufjs/minimal.js';

/** The parts of a graph, each as `node`, `value` and `numbers` below write it. */
export interface Graph {
  readonly nodes: readonly Uint8Array[];
  readonly constants?: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** The bytes of an ONNX model; the numbers of fields are those of onnx.proto. */
export const writeModel = ({ nodes, constants = [], inputs, outputs }: Graph): Uint8Array => {
  const graph = message([
    ...nodes.map((one) => [1, one] as const),
    [2, 'graph'],
    ...constants.map((one) => [5, one] as const),
    ...inputs.map((one) => [11, one] as const),
    ...outputs.map((one) => [12, one] as const),
  ]);
  const operators = message([[2, operatorSet]]);
  return message([
    [1, irVersion],
    [7, graph],
    [8, operators],
  ]);
};

/** Old enough for every runtime that is in use. */
const irVersion = 8;
const operatorSet = 13;
const float32 = 1;
const int64 = 7;

export const node = (operator: string, inputs: readonly string[], output: string): Uint8Array =>
  message([...inputs.map((input) => [1, input] as const), [2, output], [4, operator]]);

/** An input or output of 32 bit floats. */
export const value = (name: string, shape: readonly number[]): Uint8Array => {
  const tensor = message([
    [1, float32],
    [2, message(shape.map((size) => [1, message([[1, size]])]))],
  ]);
  return message([
    [1, name],
    [2, message([[1, tensor]])],
  ]);
};

/** A constant list of whole numbers, such as a shape. */
export const numbers = (name: string, values: readonly number[]): Uint8Array =>
  message([
    [1, values.length],
    [2, int64],
    [8, name],
    [9, new Uint8Array(BigInt64Array.from(values, BigInt).buffer)],
  ]);

/** A protobuf message from its fields. */
const message = (fields: readonly (readonly [number, string | number | Uint8Array])[]): Uint8Array => {
  const writer = protobuf.Writer.create();
  for (const [field, content] of fields) {
    if (typeof content === 'number') writer.uint32(field << 3).uint32(content);
    else if (typeof content === 'string') writer.uint32((field << 3) | 2).string(content);
    else writer.uint32((field << 3) | 2).bytes(content);
  }
  return writer.finish();
};
