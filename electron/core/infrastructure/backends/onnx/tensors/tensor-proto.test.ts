import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../bad-input.ts';
import { arbitraryTensor } from './arbitrary-tensor.ts';
import { bytesSource } from './byte-source.ts';
import { openTensorProto } from './tensor-proto.ts';
import type { Tensor } from './tensor.ts';

/** The schema as ONNX publishes it, packed and not: a writer may choose either. */
const schema = (packed: boolean): protobuf.Type =>
  protobuf
    .parse(
      `syntax = "proto2";
      message TensorProto {
        repeated int64 dims = 1 [packed = ${packed}];
        optional int32 data_type = 2;
        repeated float float_data = 4 [packed = ${packed}];
        repeated int32 int32_data = 5 [packed = ${packed}];
        repeated bytes string_data = 6;
        repeated int64 int64_data = 7 [packed = ${packed}];
        optional string name = 8;
        optional bytes raw_data = 9;
        repeated double double_data = 10 [packed = ${packed}];
        repeated uint64 uint64_data = 11 [packed = ${packed}];
        optional string doc_string = 12;
        optional int32 data_location = 14;
      }`,
    )
    .root.lookupType('TensorProto');

const typeNumbers: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

const encode = (fields: Record<string, unknown>, packed = true): Uint8Array => {
  const type = schema(packed);
  return type.encode(type.fromObject(fields)).finish();
};

const head = ({ type, shape }: Tensor) => ({ dims: shape, dataType: typeNumbers[type], name: 'x', docString: 'a tensor' });

const raw = (tensor: Tensor): Uint8Array => {
  if (Array.isArray(tensor.data)) return encode({ ...head(tensor), stringData: tensor.data.map((text) => Buffer.from(text)) });
  const { buffer, byteOffset, byteLength } = tensor.data;
  return encode({ ...head(tensor), rawData: new Uint8Array(buffer, byteOffset, byteLength) });
};

const typed = (tensor: Tensor, packed: boolean): Uint8Array => {
  const { type, data } = tensor;
  if (Array.isArray(data)) return raw(tensor);
  const field =
    { float32: 'floatData', float64: 'doubleData', int64: 'int64Data', uint64: 'uint64Data', uint32: 'uint64Data' }[type as string] ??
    'int32Data';
  return encode(
    {
      ...head(tensor),
      [field]: Array.from<number | bigint, unknown>(data, (value) => (typeof value === 'bigint' ? String(value) : value)),
    },
    packed,
  );
};

const read = (bytes: Uint8Array): Tensor => {
  const { type, shape, load } = openTensorProto(bytesSource('x.pb', bytes));
  return { type, shape, data: load() };
};

const reasonOf = (bytes: Uint8Array): unknown => {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof BadInput) return error.reason;
    throw error;
  }
};

test('every tensor is read from raw bytes, from packed and from single values', () => {
  fc.assert(
    fc.property(arbitraryTensor(), (tensor) => {
      expect(read(raw(tensor))).toEqual(tensor);
      expect(read(typed(tensor, true))).toEqual(tensor);
      expect(read(typed(tensor, false))).toEqual(tensor);
    }),
  );
});

test('whatever the bytes are, they are read or refused with a reason', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.record({ tensor: arbitraryTensor(), cut: fc.nat({ max: 60 }) }).map(({ tensor, cut }) => raw(tensor).subarray(0, cut)),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      expect(reasonOf(content)).toBeTypeOf('object');
    }),
  );
});

describe('what cannot be used is refused', () => {
  const values = { file: 'x.pb', kind: 'TensorProto' };

  test.each([
    [16, 'bfloat16'],
    [14, 'complex64'],
    [17, 'float8e4m3fn'],
    [22, 'int4'],
  ])('type %i by its name %s', (dataType, type) => {
    const reason = { code: 'type-unsupported', values: { file: 'x.pb', type } };
    expect(reasonOf(encode({ dims: [1], dataType, rawData: new Uint8Array(2) }))).toEqual(reason);
  });

  test('values in another file, too few of them, half of one, no type', () => {
    const damaged = (detail: string) => ({ code: 'file-damaged', values: { ...values, detail } });
    expect(reasonOf(encode({ dims: [1], dataType: 1, dataLocation: 1 }))).toEqual(damaged('Its values lie in another file.'));
    expect(reasonOf(encode({ dims: [3], dataType: 1, floatData: [1] }))).toEqual(damaged('Its shape holds 3 values and 1 are there.'));
    expect(reasonOf(encode({ dims: [1], dataType: 1, rawData: new Uint8Array(3) }))).toEqual(
      damaged('Its values are 4 bytes each and 3 bytes are there.'),
    );
    expect(reasonOf(encode({ dims: [1] }))).toEqual(damaged('It does not say which type its values have.'));
  });

  test('a file that is cut off', () => {
    const whole = encode({ dims: [100], dataType: 1, rawData: new Uint8Array(400) });
    expect(reasonOf(whole.subarray(0, 200))).toEqual({ code: 'file-damaged', values: { ...values, detail: 'It ends too early.' } });
  });
});
