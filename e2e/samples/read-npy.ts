/** What stands in a .npy file, read by the letter of its format and by nothing of ours. */
export const readNpy = (bytes: Buffer): { dtype: string; shape: number[]; values: (number | string)[] } => {
  if (bytes.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error('not a .npy file');
  const isFirstVersion = bytes[6] === 1;
  const start = isFirstVersion ? 10 : 12;
  const end = start + (isFirstVersion ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const header = bytes.toString('latin1', start, end);
  const dtype = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  if (!header.includes("'fortran_order': False")) throw new Error(`an order that is not C's: ${header}`);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').filter((part) => part.trim() !== '');
  return { dtype, shape: shape.map(Number), values: valuesOf(bytes.subarray(end), dtype) };
};

const valuesOf = (data: Buffer, dtype: string): (number | string)[] => {
  const [, kind, digits = '1'] = /^[<|]([a-zU])(\d+)$/.exec(dtype) ?? [];
  const size = kind === 'U' ? 4 * Number(digits) : Number(digits);
  return Array.from({ length: data.length / size }, (_, index) => valueAt(data, index * size, `${kind}${digits}`, size));
};

const valueAt = (data: Buffer, at: number, type: string, size: number): number | string => {
  if (type === 'f4') return data.readFloatLE(at);
  if (type === 'f8') return data.readDoubleLE(at);
  if (type === 'i8') return Number(data.readBigInt64LE(at));
  if (type.startsWith('U')) return textAt(data.subarray(at, at + size));
  throw new Error(`this reader does not know ${type}`);
};

/** Four bytes for each character, filled up with zeros. */
const textAt = (data: Buffer): string =>
  Array.from({ length: data.length / 4 }, (_, index) => data.readUInt32LE(index * 4))
    .filter((code) => code !== 0)
    .map((code) => String.fromCodePoint(code))
    .join('');
