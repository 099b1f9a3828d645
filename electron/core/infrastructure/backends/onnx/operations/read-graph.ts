import { bytesSource } from '../tensors/byte-source.ts';
import { openTensorProto } from '../tensors/tensor-proto.ts';
import type { ElementType } from '../tensors/tensor.ts';
import { fieldsIn, varintsIn, type ByteWindow, type Field } from './protobuf-fields.ts';
import { mostValues, NotKnown, type Value } from './value.ts';

/** What a model computes, without its weights. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Weights and other constants by name. */
  readonly constants: ReadonlyMap<string, Value>;
  /** Numbers of ONNX's types, by the name of the input; of weights too in old models. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: readonly string[];
}

export interface GraphNode {
  readonly operator: string;
  /** An empty name is an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Attribute {
  readonly number?: number;
  readonly text?: string;
  readonly numbers?: readonly number[];
  readonly tensor?: Value;
  readonly graph?: Graph;
}

/** The graph of a model file. Throws RangeError or NotKnown for what is not one. The numbers of fields are those of onnx.proto. */
export const readModelGraph = (bytes: ByteWindow): Graph => {
  for (const { number, from, to } of fieldsIn(bytes, 0, bytes.size)) if (number === 7) return readGraph(bytes, from, to, 0);
  throw new NotKnown('the model has no graph');
};

/** Deeper than any model nests its branches. */
const mostDepth = 16;

const readGraph = (bytes: ByteWindow, from: number, to: number, depth: number): Graph => {
  if (depth > mostDepth) throw new NotKnown('branches within branches without end');
  const nodes: GraphNode[] = [];
  const constants = new Map<string, Value>();
  const inputs = new Map<string, number>();
  const outputs: string[] = [];
  for (const field of fieldsIn(bytes, from, to)) {
    if (field.number === 1) nodes.push(readNode(bytes, field, depth));
    else if (field.number === 5) constants.set(...readTensor(bytes, field));
    else if (field.number === 11) inputs.set(nameOf(bytes, field), typeOf(bytes, field));
    else if (field.number === 12) outputs.push(nameOf(bytes, field));
  }
  return { nodes, constants, inputs, outputs };
};

const readNode = (bytes: ByteWindow, { from, to }: Field, depth: number): GraphNode => {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let operator = '';
  let domain = '';
  for (const field of fieldsIn(bytes, from, to)) {
    if (field.number === 1) inputs.push(textIn(bytes, field));
    else if (field.number === 2) outputs.push(textIn(bytes, field));
    else if (field.number === 4) operator = textIn(bytes, field);
    else if (field.number === 5) attributes.set(...readAttribute(bytes, field, depth));
    else if (field.number === 7) domain = textIn(bytes, field);
  }
  // What others call by the name of an ONNX operator may be something else.
  return { operator: domain === '' || domain === 'ai.onnx' ? operator : `${domain}.${operator}`, inputs, outputs, attributes };
};

const readAttribute = (bytes: ByteWindow, { from, to }: Field, depth: number): [string, Attribute] => {
  let name = '';
  const numbers: number[] = [];
  let attribute: Attribute = {};
  for (const field of fieldsIn(bytes, from, to)) {
    if (field.number === 1) name = textIn(bytes, field);
    else if (field.number === 3) attribute = { ...attribute, number: field.value ?? 0 };
    else if (field.number === 4) attribute = { ...attribute, text: textIn(bytes, field) };
    else if (field.number === 5) attribute = { ...attribute, tensor: readTensor(bytes, field)[1] };
    else if (field.number === 6) attribute = { ...attribute, graph: readGraph(bytes, field.from, field.to, depth + 1) };
    else if (field.number === 7) numbers.push(...floatsIn(bytes, field));
    else if (field.number === 8) numbers.push(...varintsIn(bytes, field));
  }
  return [name, numbers.length > 0 ? { ...attribute, numbers } : attribute];
};

/** By its name, which only weights have. */
const readTensor = (bytes: ByteWindow, { from, to }: Field): [string, Value] => {
  const shape: number[] = [];
  let type = 0;
  let name = '';
  for (const field of fieldsIn(bytes, from, to)) {
    if (field.number === 1) shape.push(...varintsIn(bytes, field));
    else if (field.number === 2) type = field.value ?? 0;
    else if (field.number === 8) name = textIn(bytes, field);
  }
  const elementBytes = bytesOfTypes[type];
  if (elementBytes === undefined) throw new NotKnown(`values of type ${type}`);
  const values = to - from > longestList ? undefined : valuesOf(bytes.slice(from, to));
  return [name, { shape, elementBytes, ...(values && { values }) }];
};

/** By the numbers of ONNX's types. Texts have no size that is worth counting. */
const bytesOfTypes: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 8: 0, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2 },
  ...{ 17: 1, 18: 1, 19: 1, 20: 1, 21: 0.5, 22: 0.5 },
};
export const bytesOfType = (type: number): number | undefined => bytesOfTypes[type];

/** Of a tensor that says something about shapes, in bytes. */
const longestList = 8 * mostValues + 256;

/** Its numbers, where they are few and lie in the model. */
const valuesOf = (message: Uint8Array): readonly number[] | undefined => {
  try {
    const { type, load } = openTensorProto(bytesSource('a constant', message));
    return isPlain(type) ? Array.from(load(), Number).slice(0, mostValues + 1) : undefined;
  } catch {
    return undefined;
  }
};

/** Of the others the numbers are texts, or bits. */
export const isPlain = (type: ElementType): boolean => type !== 'string' && type !== 'float16';

const nameOf = (bytes: ByteWindow, info: Field): string => {
  const name = fieldIn(bytes, info, 1);
  return name ? textIn(bytes, name) : '';
};

/** ValueInfoProto.type, TypeProto.tensor_type, Tensor.elem_type; 0 for what is no tensor. */
const typeOf = (bytes: ByteWindow, info: Field): number => {
  const type = fieldIn(bytes, info, 2);
  const tensor = type && fieldIn(bytes, type, 1);
  return (tensor && fieldIn(bytes, tensor, 1)?.value) ?? 0;
};

const fieldIn = (bytes: ByteWindow, { from, to }: Field, number: number): Field | undefined => {
  for (const field of fieldsIn(bytes, from, to)) if (field.number === number) return field;
  return undefined;
};

const textIn = (bytes: ByteWindow, { from, to }: Field): string => Buffer.from(bytes.slice(from, to)).toString('utf8');

const floatsIn = (bytes: ByteWindow, { from, to }: Field): number[] => {
  const packed = Buffer.from(bytes.slice(from, to));
  return Array.from({ length: Math.floor(packed.length / 4) }, (_, index) => packed.readFloatLE(4 * index));
};
