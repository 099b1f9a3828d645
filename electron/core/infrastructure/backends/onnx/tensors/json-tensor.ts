import { BadInput, damaged } from '../bad-input.ts';
import type { ByteSource } from './byte-source.ts';
import { halfBits } from './half.ts';
import {
  countOf,
  createNumericData,
  isElementType,
  type ElementType,
  type NumericData,
  type NumericType,
  type OpenTensor,
  type TensorData,
} from './tensor.ts';

/** Text takes several times its size while it is parsed. */
export const largestJsonBytes = 256 * 1024 * 1024;

/**
 * Values written by hand: nested lists, one value, or `{"dtype", "shape", "data"}`. They take the type that the model's
 * input wants where every value fits it (floats are rounded to the nearest); what does not fit is refused.
 */
export const openJsonTensor = (source: ByteSource, input: string, wanted: ElementType): OpenTensor => {
  const written = readWritten(source, wanted);
  if (written.dtype !== undefined && written.dtype !== wanted) {
    throw new BadInput({ code: 'input-type', values: { input, wanted, given: written.dtype } });
  }
  const flat = flatten(written.data, source.name);
  const shape = written.shape ?? flat.shape;
  const count = countOf(shape, source.name);
  if (count !== flat.values.length) throw jsonDamage(source.name, `Its shape holds ${count} values and ${flat.values.length} are there.`);
  return { type: wanted, shape, load: () => convert(flat.values, wanted, input) };
};

interface Written {
  readonly data: unknown;
  readonly dtype: string | undefined;
  readonly shape: readonly number[] | undefined;
}

const readWritten = (source: ByteSource, wanted: ElementType): Written => {
  if (source.size > largestJsonBytes) {
    throw new BadInput({ code: 'file-too-large', values: { path: source.name, bytes: source.size, limitBytes: largestJsonBytes } });
  }
  const value = parseText(source, wanted);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { data: value, dtype: undefined, shape: undefined };
  const { data, dtype, shape } = value as { data?: unknown; dtype?: unknown; shape?: unknown };
  if (data === undefined) throw jsonDamage(source.name, 'It is an object without "data".');
  if (dtype !== undefined && (typeof dtype !== 'string' || !isElementType(dtype))) {
    throw new BadInput({
      code: 'type-unsupported',
      values: { file: source.name, type: typeof dtype === 'string' ? dtype : JSON.stringify(dtype) },
    });
  }
  if (shape !== undefined && !isShape(shape)) throw jsonDamage(source.name, 'Its "shape" is not a list of sizes.');
  return { data, dtype, shape };
};

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size: unknown) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0);

/** Gives a number in the text its source, which has digits that a number loses; TypeScript's library does not know it yet. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

const parseText = (source: ByteSource, wanted: ElementType): unknown => {
  const bytes = source.read(0, source.size);
  const keepDigits: Reviver = (_key, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '') ? context?.source : value;
  const isExact = wanted === 'int64' || wanted === 'uint64';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text, isExact ? (keepDigits as (key: string, value: unknown) => unknown) : undefined);
  } catch (error) {
    throw jsonDamage(source.name, error instanceof SyntaxError ? `${error.message}.` : 'It is not UTF-8 text.');
  }
};

/** Deeper lists than any tensor has would exhaust the stack. */
const deepest = 32;

const flatten = (data: unknown, file: string): { values: unknown[]; shape: number[] } => {
  const shape: number[] = [];
  for (let at = data; Array.isArray(at); at = at[0] as unknown) {
    if (shape.length === deepest) throw jsonDamage(file, `Its lists are nested more than ${deepest} deep.`);
    shape.push(at.length);
  }
  const values: unknown[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (!Array.isArray(value)) {
      if (depth !== shape.length) throw jsonDamage(file, 'Its lists are not all of the same depth.');
      values.push(value);
      return;
    }
    if (depth >= shape.length || value.length !== shape[depth]) throw jsonDamage(file, 'Its lists are not all of the same length.');
    for (const item of value) visit(item, depth + 1);
  };
  visit(data, 0);
  return { values, shape };
};

const convert = (values: readonly unknown[], type: ElementType, input: string): TensorData => {
  const refuse = (index: number): BadInput => {
    const value = values[index];
    // JSON would write a number that is too large for any as null.
    const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
    return new BadInput({ code: 'input-type', values: { input, wanted: type, given: `${text.slice(0, 60)} (value ${index + 1})` } });
  };
  if (type !== 'string') return convertNumbers(values, type, refuse);
  return values.map((value, index) => {
    if (typeof value !== 'string') throw refuse(index);
    return value;
  });
};

const convertNumbers = (values: readonly unknown[], type: NumericType, refuse: (index: number) => BadInput): NumericData => {
  const data = createNumericData(type, values.length);
  const convertOne = converters[type];
  for (let index = 0; index < values.length; index += 1) {
    const number = convertOne(values[index]);
    if (number === undefined) throw refuse(index);
    data[index] = number;
  }
  return data;
};

/** The element that a written value stands for, or nothing where it does not fit. */
type Converter = (value: unknown) => number | bigint | undefined;

const integer =
  (least: number, most: number): Converter =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

const longInteger =
  (least: bigint, most: bigint): Converter =>
  (value) => {
    const isWritten = typeof value === 'string' && /^-?\d{1,20}$/.test(value);
    if (!isWritten && !(typeof value === 'number' && Number.isInteger(value))) return undefined;
    const whole = BigInt(value);
    return whole >= least && whole <= most ? whole : undefined;
  };

/** JSON has no word for these. */
const notFinite: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, inf: Infinity, '-inf': -Infinity, nan: NaN };

const float =
  (largest: number, toElement: (value: number) => number): Converter =>
  (value) => {
    if (typeof value === 'string' && Object.hasOwn(notFinite, value)) return toElement(notFinite[value] ?? NaN);
    return typeof value === 'number' && Math.abs(value) < largest ? toElement(value) : undefined;
  };

const asIs = (value: number): number => value;

const converters: Readonly<Record<NumericType, Converter>> = {
  bool: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  int8: integer(-128, 127),
  uint8: integer(0, 255),
  int16: integer(-32_768, 32_767),
  uint16: integer(0, 65_535),
  int32: integer(-(2 ** 31), 2 ** 31 - 1),
  uint32: integer(0, 2 ** 32 - 1),
  int64: longInteger(-(2n ** 63n), 2n ** 63n - 1n),
  uint64: longInteger(0n, 2n ** 64n - 1n),
  // From these on the nearest value of the type is infinite.
  float16: float(65_520, halfBits),
  float32: float(2 ** 128 - 2 ** 103, asIs),
  float64: float(Infinity, asIs),
};

const jsonDamage = (file: string, detail: string): BadInput => damaged(file, '.json', detail);
