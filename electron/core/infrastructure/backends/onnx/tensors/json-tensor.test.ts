import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../bad-input.ts';
import { arbitraryTensor } from './arbitrary-tensor.ts';
import { bytesSource } from './byte-source.ts';
import { openJsonTensor } from './json-tensor.ts';
import type { ElementType, Tensor } from './tensor.ts';

const read = (text: string, wanted: ElementType): Tensor => {
  const { type, shape, load } = openJsonTensor(bytesSource('x.json', Buffer.from(text)), 'x', wanted);
  return { type, shape, data: load() };
};

const reasonOf = (text: string, wanted: ElementType): unknown => {
  try {
    return read(text, wanted);
  } catch (error) {
    if (error instanceof BadInput) return error.reason;
    throw error;
  }
};

test('nested lists, a single value and an empty list have the shapes that they show', () => {
  expect(read('[[1, 2.5], [-0.5, 4]]', 'float32')).toEqual({ type: 'float32', shape: [2, 2], data: Float32Array.of(1, 2.5, -0.5, 4) });
  expect(read('7', 'int32')).toEqual({ type: 'int32', shape: [], data: Int32Array.of(7) });
  expect(read('[[], []]', 'uint8')).toEqual({ type: 'uint8', shape: [2, 0], data: new Uint8Array() });
  expect(read('["a", "🧪"]', 'string')).toEqual({ type: 'string', shape: [2], data: ['a', '🧪'] });
  expect(read('[true, false]', 'bool')).toEqual({ type: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
});

test('whole numbers written as text or as an object come back exactly, in every type', () => {
  const whole: ElementType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'];
  fc.assert(
    fc.property(arbitraryTensor(whole), fc.boolean(), (tensor, isText) => {
      const digits = Array.from(tensor.data as ArrayLike<number | bigint>, String);
      const isLong = tensor.type.endsWith('64');
      const data = isText && isLong ? digits.map((text) => `"${text}"`) : digits;
      const text = `{"dtype": "${tensor.type}", "shape": ${JSON.stringify(tensor.shape)}, "data": [${data.join()}]}`;
      expect(read(text, tensor.type)).toEqual(tensor);
    }),
  );
});

test('floats take the nearest value; NaN and infinity are written as words', () => {
  expect(read('[0.1, "NaN", "-Infinity"]', 'float32').data).toEqual(Float32Array.of(0.1, NaN, -Infinity));
  expect(read('[1, 65504, 6e-8]', 'float16').data).toEqual(Uint16Array.of(0x3c00, 0x7bff, 1));
});

describe('what the type cannot hold is refused with the value', () => {
  test.each<[string, ElementType, string]>([
    ['[1, 300]', 'uint8', '300 (value 2)'],
    ['[1.5]', 'int64', '1.5 (value 1)'],
    ['[9223372036854775808]', 'int64', '"9223372036854775808" (value 1)'],
    ['[-1]', 'uint64', '-1 (value 1)'],
    ['[1e39]', 'float32', '1e+39 (value 1)'],
    ['[70000]', 'float16', '70000 (value 1)'],
    ['["a"]', 'float32', '"a" (value 1)'],
    ['[1]', 'bool', '1 (value 1)'],
    ['[1]', 'string', '1 (value 1)'],
    ['[null]', 'int32', 'null (value 1)'],
    ['[0, 1e999]', 'float32', 'Infinity (value 2)'],
  ])('%s as %s', (text, wanted, given) => {
    expect(reasonOf(text, wanted)).toEqual({ code: 'input-type', values: { input: 'x', wanted, given } });
  });

  test('a type that is named and is not the one wanted', () => {
    const values = { input: 'x', wanted: 'float32', given: 'int64' };
    expect(reasonOf('{"dtype": "int64", "data": [1]}', 'float32')).toEqual({ code: 'input-type', values });
    const unknown = { code: 'type-unsupported', values: { file: 'x.json', type: 'bfloat16' } };
    expect(reasonOf('{"dtype": "bfloat16", "data": [1]}', 'float32')).toEqual(unknown);
  });
});

test.each([
  ['[[1, 2], [3]]', 'Its lists are not all of the same length.'],
  ['[[1], 2]', 'Its lists are not all of the same depth.'],
  ['[1, [2]]', 'Its lists are not all of the same length.'],
  ['{"shape": [1]}', 'It is an object without "data".'],
  ['{"shape": [-1], "data": []}', 'Its "shape" is not a list of sizes.'],
  ['{"shape": [2, 2], "data": [1, 2, 3]}', 'Its shape holds 4 values and 3 are there.'],
  ['['.repeat(40) + ']'.repeat(40), 'Its lists are nested more than 32 deep.'],
])('%s is refused', (text, detail) => {
  expect(reasonOf(text, 'float32')).toEqual({ code: 'file-damaged', values: { file: 'x.json', kind: '.json', detail } });
});

test('text that is not JSON is refused with what the parser says', () => {
  expect(reasonOf('[1, 2', 'float32')).toMatchObject({ code: 'file-damaged', values: { file: 'x.json' } });
});
