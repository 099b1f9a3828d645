import fc from 'fast-check';
import { createNumericData, type ElementType, type NumericType, type Tensor, type TensorData } from './tensor.ts';

/** For property tests: tensors of every type and of small shapes, scalars and empty ones included. */
export const arbitraryTensor = (types: readonly ElementType[] = everyType): fc.Arbitrary<Tensor> =>
  fc.record({ type: fc.constantFrom(...types), shape: fc.array(fc.nat({ max: 4 }), { maxLength: 4 }) }).chain(({ type, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = fc.array(elements(type), { minLength: count, maxLength: count });
    return values.map((data) => ({ type, shape, data: fill(type, data) }));
  });

export const numericTypes: readonly NumericType[] = [
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
];
export const everyType: readonly ElementType[] = [...numericTypes, 'string'];

type Value = number | bigint | string;

const elements = (type: ElementType): fc.Arbitrary<Value> => {
  if (type === 'float32') return fc.float();
  if (type === 'float64') return fc.double();
  if (type === 'float16') return fc.nat({ max: 0xffff });
  if (type === 'bool') return fc.nat({ max: 1 });
  // .npy fills texts up with zeros, so that zeros at the end of a text cannot be told apart from them.
  if (type === 'string') return fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.endsWith('\0'));
  if (type === 'int64') return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  if (type === 'uint64') return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const bits = Number(/\d+/.exec(type)?.[0]);
  return type.startsWith('u')
    ? fc.integer({ min: 0, max: 2 ** bits - 1 })
    : fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
};

const fill = (type: ElementType, values: readonly Value[]): TensorData => {
  if (type === 'string') return values.map(String);
  const data = createNumericData(type, values.length);
  for (const [index, value] of values.entries()) data[index] = value as number;
  return data;
};
