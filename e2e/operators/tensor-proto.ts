import protobuf from 'protobufjs';

/*
 * ONNX tensors read by protobufjs from the schema, independently of the reader that the product has.
 */

const { root } = protobuf.parse(`
  syntax = "proto2";
  message TensorProto {
    repeated int64 dims = 1;
    optional int32 data_type = 2;
    repeated float float_data = 4 [packed = true];
    repeated int32 int32_data = 5 [packed = true];
    repeated bytes string_data = 6;
    repeated int64 int64_data = 7 [packed = true];
    optional string name = 8;
    optional bytes raw_data = 9;
    repeated double double_data = 10 [packed = true];
    repeated uint64 uint64_data = 11 [packed = true];
  }
`);
const schema = root.lookupType('TensorProto');

export interface PlainTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** float16 as its bits. */
  readonly data: ArrayLike<number> | ArrayLike<bigint> | readonly string[];
}

interface Message {
  dims: string[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  stringData: Uint8Array[];
  int64Data: string[];
  rawData: Uint8Array;
  doubleData: number[];
  uint64Data: string[];
}

type Read = (message: Message, raw: ArrayBuffer | undefined) => PlainTensor['data'];

const types: Readonly<Record<number, readonly [string, Read]>> = {
  1: ['float32', ({ floatData }, raw) => (raw ? new Float32Array(raw) : Float32Array.from(floatData))],
  2: ['uint8', ({ int32Data }, raw) => (raw ? new Uint8Array(raw) : Uint8Array.from(int32Data))],
  3: ['int8', ({ int32Data }, raw) => (raw ? new Int8Array(raw) : Int8Array.from(int32Data))],
  4: ['uint16', ({ int32Data }, raw) => (raw ? new Uint16Array(raw) : Uint16Array.from(int32Data))],
  5: ['int16', ({ int32Data }, raw) => (raw ? new Int16Array(raw) : Int16Array.from(int32Data))],
  6: ['int32', ({ int32Data }, raw) => (raw ? new Int32Array(raw) : Int32Array.from(int32Data))],
  7: ['int64', ({ int64Data }, raw) => (raw ? new BigInt64Array(raw) : BigInt64Array.from(int64Data.map(BigInt)))],
  8: ['string', ({ stringData }) => stringData.map((text) => new TextDecoder().decode(text))],
  9: ['bool', ({ int32Data }, raw) => (raw ? new Uint8Array(raw) : Uint8Array.from(int32Data))],
  10: ['float16', ({ int32Data }, raw) => (raw ? new Uint16Array(raw) : Uint16Array.from(int32Data))],
  11: ['float64', ({ doubleData }, raw) => (raw ? new Float64Array(raw) : Float64Array.from(doubleData))],
  12: ['uint32', ({ uint64Data }, raw) => (raw ? new Uint32Array(raw) : Uint32Array.from(uint64Data, Number))],
  13: ['uint64', ({ uint64Data }, raw) => (raw ? new BigUint64Array(raw) : BigUint64Array.from(uint64Data.map(BigInt)))],
};

/** Throws for what is no tensor of a type that the runtime for Node takes. */
export const readTensorProto = (bytes: Uint8Array): PlainTensor => {
  const decoded = schema.decode(bytes);
  const message = schema.toObject(decoded, { longs: String, defaults: true, arrays: true }) as Message;
  const known = types[message.dataType];
  if (!known) throw new Error(`type ${message.dataType}`);
  const [type, read] = known;
  // A copy, because the field may lie at any offset of the file.
  const raw = Object.hasOwn(decoded, 'rawData') ? Uint8Array.from(message.rawData).buffer : undefined;
  return { type, dims: message.dims.map(Number), data: read(message, raw) };
};

/** As ONNX's own backend tests compare: floats within 0.1 % or 0.00001, everything else exactly. */
export const isSameTensor = (given: PlainTensor, wanted: PlainTensor): boolean => {
  if (given.type !== wanted.type || given.dims.join() !== wanted.dims.join() || given.data.length !== wanted.data.length) return false;
  const toNumber = wanted.type === 'float16' ? halfValue : Number;
  const isFloat = wanted.type.startsWith('float');
  for (let index = 0; index < wanted.data.length; index += 1) {
    const [one, other] = [given.data[index], wanted.data[index]];
    if (!isFloat ? one !== other : !isNear(toNumber(one as number), toNumber(other as number))) return false;
  }
  return true;
};

const isNear = (given: number, wanted: number): boolean =>
  Object.is(given, wanted) ||
  given === wanted ||
  (Number.isNaN(given) && Number.isNaN(wanted)) ||
  Math.abs(given - wanted) <= 1e-5 + 1e-3 * Math.abs(wanted);

const halfValue = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
};
