import protobuf from 'protobufjs/minimal.js';
import { BadInput, damaged } from '../bad-input.ts';
import type { ByteSource } from './byte-source.ts';
import {
  bytesPerElement,
  countOf,
  createNumericData,
  viewNumericData,
  type ElementType,
  type NumericData,
  type NumericType,
  type OpenTensor,
  type TensorData,
} from './tensor.ts';

/** Protobuf itself knows no larger message. */
export const largestProtobufBytes = 2 ** 31 - 1;

/** A tensor as ONNX writes it: a TensorProto message in a file of its own. */
export const openTensorProto = (source: ByteSource): OpenTensor => {
  if (source.size > largestProtobufBytes) {
    throw new BadInput({ code: 'file-too-large', values: { path: source.name, bytes: source.size, limitBytes: largestProtobufBytes } });
  }
  const proto = parseProto(source);
  const type = elementTypeOf(proto.dataType, source.name);
  if (proto.isExternal) throw protoDamage(source.name, 'Its values lie in another file.');
  const count = countOf(proto.dims, source.name);
  return { type, shape: proto.dims, load: () => valuesOf(proto, type, count, source.name) };
};

/** Fixed-width fields stay bytes (packed or not, they are little-endian); the others are varints. */
interface Proto {
  dataType: number;
  isExternal: boolean;
  raw: Uint8Array | undefined;
  readonly dims: number[];
  readonly floats: Uint8Array[];
  readonly doubles: Uint8Array[];
  readonly int32s: number[];
  readonly int64s: bigint[];
  readonly uint64s: bigint[];
  readonly strings: string[];
}

const parseProto = (source: ByteSource): Proto => {
  const reader = protobuf.Reader.create(Buffer.from(source.read(0, source.size)));
  const proto: Proto = {
    dataType: 0,
    isExternal: false,
    raw: undefined,
    dims: [],
    floats: [],
    doubles: [],
    int32s: [],
    int64s: [],
    uint64s: [],
    strings: [],
  };
  try {
    while (reader.pos < reader.len) readField(reader, reader.uint32(), proto);
  } catch (error) {
    throw new BadInput({
      code: 'file-damaged',
      values: {
        file: source.name,
        kind: 'TensorProto',
        detail: error instanceof RangeError ? 'It ends too early.' : 'It is not laid out like one.',
      },
    });
  }
  return proto;
};

type Reader = protobuf.Reader;

/** Field numbers are those of onnx.proto. */
const readField = (reader: Reader, tag: number, proto: Proto): void => {
  const field = tag >>> 3;
  const wire = tag & 7;
  if (field === 1) readVarints(reader, wire, () => proto.dims.push(dimensionOf(signed64(reader))));
  else if (field === 2) proto.dataType = reader.int32();
  else if (field === 4) proto.floats.push(fixedBytes(reader, wire, 4));
  else if (field === 5) readVarints(reader, wire, () => proto.int32s.push(reader.int32()));
  else if (field === 6) proto.strings.push(Buffer.from(reader.bytes()).toString('utf8'));
  else if (field === 7) readVarints(reader, wire, () => proto.int64s.push(signed64(reader)));
  else if (field === 9) proto.raw = reader.bytes();
  else if (field === 10) proto.doubles.push(fixedBytes(reader, wire, 8));
  else if (field === 11) readVarints(reader, wire, () => proto.uint64s.push(BigInt.asUintN(64, signed64(reader))));
  else if (field === 14) proto.isExternal = reader.int32() === 1;
  else reader.skipType(wire);
};

/** Repeated numbers come packed in one piece (wire type 2) or one by one. */
const readVarints = (reader: Reader, wire: number, readOne: () => void): void => {
  if (wire !== 2) return readOne();
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('packed field beyond the end');
  while (reader.pos < end) readOne();
};

const fixedBytes = (reader: Reader, wire: number, size: number): Uint8Array => {
  if (wire === 2) return reader.bytes();
  const start = reader.pos;
  return (reader.skip(size) as Reader).buf.slice(start, start + size);
};

/** protobufjs gives 64 bits as two halves, because a number holds only 53 exactly. */
const signed64 = (reader: Reader): bigint => {
  const value = reader.int64() as unknown as { low: number; high: number } | number;
  return typeof value === 'number' ? BigInt(value) : (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
};

const dimensionOf = (size: bigint): number => {
  if (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('not a size');
  return Number(size);
};

/** Names of ONNX's types by number; those in `supported` can be given to the runtime. */
const typeNames: readonly string[] = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
];
const supported: ReadonlySet<string> = new Set(typeNames.slice(1, 14));

/** Undefined for types that cannot be given to the runtime. */
export const typeOfNumber = (dataType: number): ElementType | undefined => {
  const type = typeNames[dataType];
  return type !== undefined && supported.has(type) ? (type as ElementType) : undefined; // those are all of them
};

const elementTypeOf = (dataType: number, file: string): ElementType => {
  const type = typeNames[dataType];
  if (type === undefined || dataType === 0) throw protoDamage(file, 'It does not say which type its values have.');
  if (!supported.has(type)) throw new BadInput({ code: 'type-unsupported', values: { file, type } });
  return type as ElementType;
};

const valuesOf = (proto: Proto, type: ElementType, count: number, file: string): TensorData => {
  const data = type === 'string' ? proto.strings : numbersOf(proto, type, file);
  if (data.length !== count) throw protoDamage(file, `Its shape holds ${count} values and ${data.length} are there.`);
  return data;
};

const numbersOf = (proto: Proto, type: NumericType, file: string): NumericData => {
  if (proto.raw) return wholeValues(type, proto.raw, file);
  if (type === 'float32') return wholeValues(type, Buffer.concat(proto.floats), file);
  if (type === 'float64') return wholeValues(type, Buffer.concat(proto.doubles), file);
  if (type === 'int64') return BigInt64Array.from(proto.int64s);
  if (type === 'uint64') return BigUint64Array.from(proto.uint64s);
  const numbers = type === 'uint32' ? proto.uint64s.map(Number) : proto.int32s;
  const data = createNumericData(type, numbers.length) as Exclude<NumericData, BigInt64Array | BigUint64Array>;
  data.set(type === 'bool' ? numbers.map((number) => (number === 0 ? 0 : 1)) : numbers);
  return data;
};

const wholeValues = (type: NumericType, bytes: Uint8Array, file: string): NumericData => {
  const size = bytesPerElement(type);
  if (bytes.byteLength % size !== 0) throw protoDamage(file, `Its values are ${size} bytes each and ${bytes.byteLength} bytes are there.`);
  return viewNumericData(type, bytes);
};

const protoDamage = (file: string, detail: string): BadInput => damaged(file, 'TensorProto', detail);
