/** The first values of an array, as text, in rows of its last dimension where that is short. */
export interface Preview {
  rows: readonly { label: string; values: readonly string[] }[];
  /** Values that are not shown. */
  left: number;
}

const mostInRow = 8;

/** Looks at the beginning of an .npy file; nothing if it is none, or holds values of a kind that is not shown. */
export const previewNpy = (bytes: ArrayBuffer, most: number): Preview | undefined => {
  const header = readHeader(bytes);
  const read = header && readerOf(header.kind, header.size, header.isLittle);
  if (!header || !read) return undefined;
  const body = new DataView(bytes, header.start);
  const total = header.shape.reduce((product, size) => product * size, 1);
  const shown = Math.min(total, most);
  if (body.byteLength < total * header.size) return undefined;
  const values = Array.from({ length: shown }, (_, index) => read(body, index * header.size));
  const last = header.shape.at(-1) ?? 1;
  const isByDimension = last > 1 && last <= mostInRow;
  const perRow = isByDimension ? last : mostInRow;
  const rows = Array.from({ length: Math.ceil(shown / perRow) }, (_, row) => ({
    label: isByDimension ? indexText(row, header.shape.slice(0, -1)) : String(row * perRow),
    values: values.slice(row * perRow, (row + 1) * perRow),
  }));
  return { rows, left: total - shown };
};

/** "1, 0" for the fourth row of an array of 2 × 3 rows. */
const indexText = (row: number, shape: readonly number[]): string => {
  let rest = row;
  const parts = shape.toReversed().map((size) => {
    const part = rest % size;
    rest = Math.floor(rest / size);
    return part;
  });
  return parts.toReversed().join(', ');
};

interface Header {
  kind: string;
  /** Bytes of one value. */
  size: number;
  isLittle: boolean;
  shape: readonly number[];
  /** Where the values begin. */
  start: number;
}

const magic = '\x93NUMPY';

const readHeader = (bytes: ArrayBuffer): Header | undefined => {
  if (bytes.byteLength < 12) return undefined;
  const view = new DataView(bytes);
  if (textAt(bytes, 0, 6) !== magic) return undefined;
  // Version 1 counts the header in two bytes, later ones in four.
  const isShort = view.getUint8(6) === 1;
  const from = isShort ? 10 : 12;
  const length = isShort ? view.getUint16(8, true) : view.getUint32(8, true);
  if (from + length > bytes.byteLength) return undefined;
  const text = textAt(bytes, from, length);
  const type = /'descr': '([<>|=])([a-zA-Z])(\d+)'/.exec(text);
  const shape = /'shape': \(([\d, ]*)\)/.exec(text)?.[1];
  // Switchyard writes rows first; another order would show the values in wrong places.
  if (!type || shape === undefined || !text.includes("'fortran_order': False")) return undefined;
  const [, order = '', kind = '', width = ''] = type;
  return {
    kind,
    size: Number(width) * (kind === 'U' ? 4 : 1),
    isLittle: order !== '>',
    shape: shape
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
      .map(Number),
    start: from + length,
  };
};

/** Latin-1, which every byte is. */
const textAt = (bytes: ArrayBuffer, start: number, length: number): string => String.fromCharCode(...new Uint8Array(bytes, start, length));

type Reader = (view: DataView, at: number) => string;

const readerOf = (kind: string, size: number, isLittle: boolean): Reader | undefined => {
  if (kind === 'U') return (view, at) => JSON.stringify(charactersAt(view, at, size, isLittle));
  return numberReaders(isLittle)[`${kind}${size}`];
};

const numberReaders = (isLittle: boolean): Readonly<Record<string, Reader>> => ({
  b1: (view, at) => String(view.getUint8(at) !== 0),
  i1: (view, at) => String(view.getInt8(at)),
  i2: (view, at) => String(view.getInt16(at, isLittle)),
  i4: (view, at) => String(view.getInt32(at, isLittle)),
  i8: (view, at) => String(view.getBigInt64(at, isLittle)),
  u1: (view, at) => String(view.getUint8(at)),
  u2: (view, at) => String(view.getUint16(at, isLittle)),
  u4: (view, at) => String(view.getUint32(at, isLittle)),
  u8: (view, at) => String(view.getBigUint64(at, isLittle)),
  f2: (view, at) => shortNumber(halfAt(view.getUint16(at, isLittle))),
  f4: (view, at) => shortNumber(view.getFloat32(at, isLittle)),
  f8: (view, at) => shortNumber(view.getFloat64(at, isLittle)),
});

/** Six digits that count, and none that say nothing. */
const shortNumber = (value: number): string => {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
};

/** A number of 16 bits: one for the sign, five for the exponent, ten for the fraction. */
const halfAt = (bits: number): number => {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? (sign * fraction) / 2 ** 24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** Four bytes a character; what is shorter than the longest ends in zeros. */
const charactersAt = (view: DataView, at: number, size: number, isLittle: boolean): string => {
  const points = Array.from({ length: size / 4 }, (_, place) => view.getUint32(at + place * 4, isLittle)).filter((point) => point !== 0);
  return points.map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')).join('');
};
