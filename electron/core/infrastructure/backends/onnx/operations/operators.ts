import type { Call } from './call.ts';
import {
  concat,
  constant,
  constantOfShape,
  expand,
  flatten,
  gather,
  numberAt,
  pad,
  range,
  reshape,
  resize,
  shapeOf,
  sizeOf,
  slice,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from './place-operators.ts';
import { bytesOfType } from './read-graph.ts';
import { axisIn, broadcast, countIn, mostValues, NotKnown, valueOf, type Value } from './value.ts';
import { convolution, globalPooling, pooling, transposedConvolution } from './window-operators.ts';

/** What comes out of an operator, from what is known of what goes in; throws NotKnown. */
export type Operator = (call: Call) => Value[];

/** One element out for each that goes in. */
const alike: Operator = (call) => [{ ...call.input(0) }];

const ofData =
  (index: number): Operator =>
  (call) => {
    const { shape } = call.input(0);
    return [valueOf(shape, call.optional(index)?.elementBytes ?? 1)];
  };

const alikeWithoutNumbers: Operator = (call) => [valueOf(call.input(0).shape, call.input(0).elementBytes)];

const cast: Operator = (call) => {
  const { shape, elementBytes, values } = call.input(0);
  const to = call.number('to', 0);
  const numbers = to === textType ? undefined : floatTypes.has(to) ? values : values?.map(to === truthType ? truthOf : Math.trunc);
  return [valueOf(shape, bytesOfType(to) ?? elementBytes, numbers)];
};

const truthOf = (value: number): number => (Number.isNaN(value) ? value : value === 0 ? 0 : 1);

/** By the numbers of ONNX's types. */
const floatTypes: ReadonlySet<number> = new Set([1, 10, 11, 16]);
const textType = 8;
const truthType = 9;

/** Operands stretched to each other; `compute` where the numbers of shapes are computed with it. What is not a number is not known. */
const elementwise =
  (compute?: (...numbers: number[]) => number, resultBytes?: number): Operator =>
  (call) => {
    const operands = call.node.inputs.map((_, index) => call.input(index));
    const shape = broadcast(operands.map((operand) => operand.shape));
    const count = countIn(shape);
    const isKnown = compute && count <= mostValues && operands.every(({ values }) => values);
    const values = isKnown
      ? Array.from({ length: count }, (_, index) => {
          const numbers = operands.map((operand) => numberAt(operand, index, shape));
          return numbers.some(Number.isNaN) ? Number.NaN : compute(...numbers);
        })
      : undefined;
    // The first operand of Where is a condition, and the exponent of Pow may be of another type.
    const ofResult = operands[call.node.operator === 'Where' ? 1 : 0];
    return [valueOf(shape, resultBytes ?? ofResult?.elementBytes ?? 4, values)];
  };

const negated: Operator = (call) => {
  const { shape, elementBytes, values } = call.input(0);
  return [
    valueOf(
      shape,
      elementBytes,
      values?.map((value) => 1 - truthOf(value)),
    ),
  ];
};

const reduction =
  (resultBytes?: number): Operator =>
  (call) => {
    const { shape, elementBytes } = call.input(0);
    const given = call.given(1, 'axes');
    const asked = given?.length === 0 ? undefined : given;
    if (!asked && call.number('noop_with_empty_axes', 0) === 1) return alikeWithoutNumbers(call);
    const axes = (asked ?? shape.map((_, axis) => axis)).map((axis) => axisIn(axis, shape.length));
    return [reduced(shape, axes, call.number('keepdims', 1) === 1, resultBytes ?? elementBytes)];
  };

const position: Operator = (call) => {
  const { shape } = call.input(0);
  return [reduced(shape, [axisIn(call.number('axis', 0), shape.length)], call.number('keepdims', 1) === 1, 8)];
};

const reduced = (shape: readonly number[], axes: readonly number[], keepsAxes: boolean, elementBytes: number): Value =>
  valueOf(
    shape.flatMap((size, axis) => (axes.includes(axis) ? (keepsAxes ? [1] : []) : [size])),
    elementBytes,
  );

/** `[…, m, k] · […, k, n]`; a vector counts as one row or one column, which the result then lacks. */
const product: Operator = (call) => {
  const { shape: a, elementBytes } = call.input(0);
  const { shape: b } = call.input(call.node.operator === 'QLinearMatMul' ? 3 : 1);
  if (a.length === 0 || b.length === 0) throw new NotKnown('a product of single numbers');
  const outer = broadcast([a.slice(0, -2), b.slice(0, -2)]);
  const rows = a.length > 1 ? a.slice(-2, -1) : [];
  const columns = b.length > 1 ? b.slice(-1) : [];
  if (a.at(-1) !== (b.length > 1 ? b.at(-2) : b[0])) throw new NotKnown('a product of sizes that do not go together');
  return [valueOf([...outer, ...rows, ...columns], call.node.operator === 'MatMulInteger' ? 4 : elementBytes)];
};

const gemm: Operator = (call) => {
  const { shape: a, elementBytes } = call.input(0);
  const { shape: b } = call.input(1);
  const rows = a[call.number('transA', 0) === 1 ? 1 : 0] ?? 0;
  const columns = b[call.number('transB', 0) === 1 ? 0 : 1] ?? 0;
  return [valueOf([rows, columns], elementBytes)];
};

/** X is [steps, batch, size]; the outputs are all states, the last of them, and of an LSTM the last cells. */
const recurrent: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  const [steps = 0, batch = 0] = shape;
  if (call.number('layout', 0) !== 0) throw new NotKnown('a layout with the batch first');
  const hidden = call.number('hidden_size', 0);
  const directions = call.input(1).shape[0] ?? 1;
  const last = valueOf([directions, batch, hidden], elementBytes);
  return [valueOf([steps, directions, batch, hidden], elementBytes), last, last];
};

const each = (names: string, operator: Operator): [string, Operator][] => names.split(' ').map((name) => [name, operator]);

/** Of the ONNX operators those whose results have a size that does not depend on data. What is not here is not guessed. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Identity', alike],
  ...each(
    'Relu LeakyRelu PRelu Sigmoid Tanh Softmax LogSoftmax Hardmax Exp Log Sqrt Erf Abs Neg Ceil Floor Round Clip HardSigmoid HardSwish Elu Selu ' +
      'Celu Gelu Mish Softplus Softsign ThresholdedRelu Sin Cos Reciprocal Sign BatchNormalization InstanceNormalization ' +
      'LayerNormalization GroupNormalization LRN LpNormalization CumSum Trilu Dropout',
    alikeWithoutNumbers,
  ),
  ['Add', elementwise((a = 0, b = 0) => a + b)],
  ['Sub', elementwise((a = 0, b = 0) => a - b)],
  ['Mul', elementwise((a = 0, b = 0) => a * b)],
  // Whole numbers are divided here only where that comes out even.
  ['Div', elementwise((a = 0, b = 0) => (a % b === 0 ? a / b : Number.NaN))],
  ['Equal', elementwise((a = 0, b = 0) => (a === b ? 1 : 0), 1)],
  ['Less', elementwise((a = 0, b = 0) => (a < b ? 1 : 0), 1)],
  ['Greater', elementwise((a = 0, b = 0) => (a > b ? 1 : 0), 1)],
  ['Where', elementwise((condition = 0, a = 0, b = 0) => (condition === 0 ? b : a))],
  ['Not', negated],
  ...each('Pow Min Max Mean Sum Mod', elementwise()),
  ...each('LessOrEqual GreaterOrEqual And Or Xor', elementwise(undefined, 1)),
  ['Conv', convolution(1)],
  ['ConvInteger', convolution(1, 4)],
  ['QLinearConv', convolution(3)],
  ['ConvTranspose', transposedConvolution],
  ...each('MaxPool AveragePool LpPool', pooling),
  ...each('GlobalMaxPool GlobalAveragePool', globalPooling),
  ...each('MatMul MatMulInteger QLinearMatMul', product),
  ['Gemm', gemm],
  ...each('LSTM GRU RNN', recurrent),
  ...each(
    'ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare',
    reduction(),
  ),
  ...each('ArgMax ArgMin', position),
  ['Cast', cast],
  ['QuantizeLinear', ofData(2)],
  ['DequantizeLinear', ofData(1)],
  ['Constant', constant],
  ['ConstantOfShape', constantOfShape],
  ['Range', range],
  ['Shape', shapeOf],
  ['Size', sizeOf],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Expand', expand],
  ['Tile', tile],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['Pad', pad],
  ...each('Resize Upsample', resize),
]);

/** Those that move nothing: they only say otherwise what the same bytes are. */
export const isView = (operator: string): boolean => views.has(operator);
const views: ReadonlySet<string> = new Set('Identity Dropout Constant Shape Size Reshape Flatten Squeeze Unsqueeze'.split(' '));

/** Those that read no more of their first input than they put out. */
export const takesParts = (operator: string): boolean => operator === 'Gather' || operator === 'Slice';
