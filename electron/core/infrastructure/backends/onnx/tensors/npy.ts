import { BadInput, damaged } from '../bad-input.ts';
import type { ByteSource } from './byte-source.ts';
import {
  bytesPerElement,
  countOf,
  viewNumericData,
  type ElementType,
  type NumericData,
  type NumericType,
  type OpenTensor,
  type Tensor,
  type TensorData,
} from './tensor.ts';

/** A `.npy` file of numpy, versions 1 to 3. */
export const openNpy = (source: ByteSource): OpenTensor => {
  const header = readHeader(source);
  const kind = elementOf(header.descr, source.name);
  const count = countOf(header.shape, source.name);
  const length = count * kind.bytes;
  const held = Math.max(0, source.size - header.dataOffset);
  if (held < length) throw npyDamage(source, `Its header promises ${length} bytes of values and ${held} are there.`);
  return {
    type: kind.type,
    shape: header.shape,
    load: () => {
      const bytes = source.read(header.dataOffset, length);
      if (bytes.byteLength < length) throw npyDamage(source, 'It became shorter while it was read.');
      const data = kind.decode(bytes, count);
      return header.isFortran ? toRowMajor(data, header.shape) : data;
    },
  };
};

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly dataOffset: number;
}

/** A header of plain values is a hundred bytes; what claims more than this is not one. */
const longestHeader = 1 << 20;

const readHeader = (source: ByteSource): Header => {
  const start = Buffer.from(source.read(0, 12));
  if (start.length < 10 || start.toString('latin1', 0, 6) !== '\x93NUMPY') throw npyDamage(source, 'It does not begin like one.');
  const version = start.readUInt8(6);
  if (version < 1 || version > 3) throw npyDamage(source, `Its version ${version} is not known.`);
  if (version > 1 && start.length < 12) throw npyDamage(source, 'It ends within its header.');
  const textOffset = version === 1 ? 10 : 12;
  const textLength = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  const bytes = textLength > longestHeader ? new Uint8Array() : source.read(textOffset, textLength);
  if (bytes.byteLength < textLength) throw npyDamage(source, 'It ends within its header.');
  return { ...parseHeader(source, Buffer.from(bytes).toString(version === 3 ? 'utf8' : 'latin1')), dataOffset: textOffset + textLength };
};

const parseHeader = (source: ByteSource, text: string): Omit<Header, 'dataOffset'> => {
  const isStructured = /['"]descr['"]\s*:\s*\[/.test(text);
  if (isStructured) throw unsupported(source.name, 'structured values');
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(text)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) throw npyDamage(source, 'Its header cannot be understood.');
  const sizes = shape
    .replaceAll('L', '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  return { descr, isFortran: order === 'True', shape: sizes };
};

interface Element {
  readonly type: ElementType;
  readonly bytes: number;
  decode(bytes: Uint8Array, count: number): TensorData;
}

const numericCodes: Readonly<Record<string, NumericType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

const elementOf = (descr: string, file: string): Element => {
  const [, order = '', code = '', size = ''] = /^([<>=|]?)([A-Za-z?])(\d*)(?:\[\w+\])?$/.exec(descr) ?? [];
  const isBig = order === '>';
  const numeric = numericCodes[code === '?' ? 'b1' : code + size];
  if (numeric) return { type: numeric, bytes: bytesPerElement(numeric), decode: (bytes) => decodeNumbers(bytes, numeric, isBig) };
  if (code === 'U' && size !== '') return textElement(Number(size) * 4, (bytes) => decodeCodePoints(bytes, isBig, file));
  if (code === 'S' && size !== '') return textElement(Number(size), (bytes) => withoutPadding(Buffer.from(bytes).toString('utf8')));
  throw unsupported(file, otherTypes[code + size] ?? otherTypes[code] ?? descr);
};

/** What numpy can hold beside that, as a person would call it: its own word for the longest float looks like float16. */
const otherTypes: Readonly<Record<string, string>> = {
  O: 'Python objects',
  M: 'dates',
  m: 'spans of time',
  V: 'raw bytes',
  c8: 'complex64',
  c16: 'complex128',
  f12: 'long double',
  f16: 'long double',
};

const textElement = (bytes: number, decode: (bytes: Uint8Array) => string): Element => ({
  type: 'string',
  bytes,
  decode: (all, count) => Array.from({ length: count }, (_, index) => decode(all.subarray(index * bytes, (index + 1) * bytes))),
});

const decodeNumbers = (bytes: Uint8Array, type: NumericType, isBig: boolean): NumericData =>
  viewNumericData(type, isBig ? swapBytes(bytes, bytesPerElement(type)) : bytes);

const swapBytes = (bytes: Uint8Array, size: number): Uint8Array => {
  if (size === 1) return bytes;
  const swapped = new Uint8Array(bytes.byteLength);
  for (let start = 0; start < bytes.byteLength; start += size) {
    for (let at = 0; at < size; at += 1) swapped[start + at] = bytes[start + size - 1 - at] ?? 0;
  }
  return swapped;
};

const decodeCodePoints = (bytes: Uint8Array, isBig: boolean, file: string): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.byteLength; at += 4) {
    const point = view.getUint32(at, !isBig);
    if (point > 0x10ffff) throw damaged(file, '.npy', `It holds the character ${point}, which does not exist.`);
    text += String.fromCodePoint(point);
  }
  return withoutPadding(text);
};

/** numpy fills texts up with zeros and drops them when it reads. */
const withoutPadding = (text: string): string => text.replace(/\0+$/, '');

/** Values that lie column by column (first index fastest), in the order of rows. */
const toRowMajor = <Data extends TensorData>(data: Data, shape: readonly number[]): TensorData => {
  if (shape.length < 2 || data.length < 2) return data;
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const result: TensorData = Array.isArray(data) ? Array.from({ length: data.length }, () => '') : data.slice();
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to += 1) {
    result[to] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const size = shape[axis] ?? 1;
      const stride = strides[axis] ?? 1;
      index[axis] = (index[axis] ?? 0) + 1;
      from += stride;
      if ((index[axis] ?? 0) < size) break;
      index[axis] = 0;
      from -= size * stride;
    }
  }
  return result;
};

/** A `.npy` file as pieces that need not be joined: header and values. */
export const formatNpy = (tensor: Tensor): readonly Uint8Array[] => {
  const { data } = tensor;
  if (Array.isArray(data)) return formatTexts(tensor.shape, data);
  const code = Object.entries(numericCodes).find(([, type]) => type === tensor.type)?.[0] ?? '';
  const order = bytesPerElement(tensor.type as NumericType) === 1 ? '|' : '<';
  return [formatHeader(`${order}${code}`, tensor.shape), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
};

/** Where the values begin in a file that `formatNpy` has written. */
export const npyHeaderBytes = (npy: Uint8Array): number => 10 + Buffer.from(npy.buffer, npy.byteOffset, 10).readUInt16LE(8);

/** The header of such a file for another shape. */
export const npyHeaderOf = (npy: Uint8Array, shape: readonly number[]): Uint8Array => {
  const text = Buffer.from(npy.buffer, npy.byteOffset, npyHeaderBytes(npy)).toString('latin1');
  return formatHeader(/'descr': '([^']*)'/.exec(text)?.[1] ?? '', shape);
};

const formatHeader = (descr: string, shape: readonly number[]): Uint8Array => {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Values begin at a multiple of 64, so that they can be mapped into memory as they are; the text ends in a line feed.
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(total, ' ');
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(total - 10, 8);
  header.write(text, 10, 'latin1');
  header.write('\n', total - 1, 'latin1');
  return header;
};

/** Every text takes the room of the longest, so that one long text among many could ask for more than there is. */
const mostTextBytes = 2 ** 31;

const formatTexts = (shape: readonly number[], texts: readonly string[]): readonly Uint8Array[] => {
  const points = texts.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const longest = points.reduce((most, text) => Math.max(most, text.length), 1);
  if (texts.length * longest * 4 > mostTextBytes) {
    throw new BadInput({ code: 'run-failed', values: { detail: 'Its texts are too long to be written as .npy.' } });
  }
  const values = new Uint32Array(texts.length * longest);
  points.forEach((text, index) => values.set(text, index * longest));
  return [formatHeader(`<U${longest}`, shape), new Uint8Array(values.buffer)];
};

const npyDamage = (source: ByteSource, detail: string): BadInput => damaged(source.name, '.npy', detail);

const unsupported = (file: string, type: string): BadInput => new BadInput({ code: 'type-unsupported', values: { file, type } });
