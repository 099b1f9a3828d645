import { BadInput } from '../bad-input.ts';

/** Values as the ONNX runtime for Node takes and gives them. float16 is carried as its bits, bool as 0 and 1. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A file whose type and shape are known before its values are read. */
export interface OpenTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  load(): TensorData;
}

export type NumericData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;
export type TensorData = NumericData | string[];

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

export type NumericType = keyof typeof arrays;
export type ElementType = NumericType | 'string';

export const isElementType = (type: string): type is ElementType => type === 'string' || Object.hasOwn(arrays, type);

export const bytesPerElement = (type: NumericType): number => arrays[type].BYTES_PER_ELEMENT;

export const createNumericData = (type: NumericType, length: number): NumericData => new arrays[type](length);

/** Little-endian bytes as values; copied only where they do not lie on a boundary that a typed array can stand on. */
export const viewNumericData = (type: NumericType, bytes: Uint8Array): NumericData => {
  const size = bytesPerElement(type);
  // Not slice(): a Buffer would share its memory.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const values = new arrays[type](aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
  return type === 'bool' ? truthOf(values as Uint8Array) : values;
};

/** The runtime counts on 0 and 1; files may hold any byte for true. */
const truthOf = (values: Uint8Array): Uint8Array =>
  values.some((value) => value > 1) ? values.map((value) => (value === 0 ? 0 : 1)) : values;

/** How many values a shape holds; a shape too large for any memory is refused. */
export const countOf = (shape: readonly number[], file: string): number => {
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) {
    throw new BadInput({
      code: 'file-damaged',
      values: { file, kind: 'tensor', detail: `Its shape ${formatShape(shape)} is beyond any memory.` },
    });
  }
  return count;
};

/** `[N, 3, 224, 224]`; a dimension without a name or size is `?`. */
export const formatShape = (shape: readonly (number | string)[]): string => {
  const sizes = shape.slice(0, shownSizes).map((size) => (size === '' ? '?' : size));
  const more = shape.length - sizes.length;
  return more > 0 ? `[${sizes.join(', ')}, … and ${more} more]` : `[${sizes.join(', ')}]`;
};

/** No model has as many dimensions; a damaged file may claim thousands. */
const shownSizes = 12;
