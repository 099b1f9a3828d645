import { expect, test } from 'vitest';
import { previewNpy } from './preview-npy.ts';

/** An .npy file of the first version. */
const npy = (type: string, shape: readonly number[], body: ArrayBufferView, order = 'False'): ArrayBuffer => {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `${`{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${sizes}), }`.padEnd(117)}\n`;
  const head = Uint8Array.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}`, (character) =>
    character.charCodeAt(0),
  );
  const file = new Uint8Array(head.length + body.byteLength);
  file.set(head);
  file.set(new Uint8Array(body.buffer, body.byteOffset, body.byteLength), head.length);
  return file.buffer;
};

const valuesOf = (file: ArrayBuffer) => previewNpy(file, 64)?.rows.flatMap(({ values }) => values);

test('rows follow the last dimension where it is short, and say where they stand', () => {
  const body = Float32Array.from({ length: 12 }, (_, index) => index / 10);
  expect(previewNpy(npy('<f4', [2, 2, 3], body), 10)).toEqual({
    rows: [
      { label: '0, 0', values: ['0', '0.1', '0.2'] },
      { label: '0, 1', values: ['0.3', '0.4', '0.5'] },
      { label: '1, 0', values: ['0.6', '0.7', '0.8'] },
      { label: '1, 1', values: ['0.9'] },
    ],
    left: 2,
  });
});

test('a long dimension is broken into rows of eight, counted from the first value', () => {
  const found = previewNpy(
    npy(
      '|u1',
      [20],
      Uint8Array.from({ length: 20 }, (_, index) => index),
    ),
    64,
  );
  expect(found?.rows.map(({ label, values }) => [label, values.length])).toEqual([
    ['0', 8],
    ['8', 8],
    ['16', 4],
  ]);
});

test.each<[string, ArrayBufferView, readonly string[]]>([
  ['<f2', Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001), ['1', '-2', 'Infinity', '5.96046e-8']],
  ['<f4', Float32Array.of(Number.NaN, -0), ['NaN', '-0']],
  ['<f8', Float64Array.of(1 / 3, 1e300), ['0.333333', '1e+300']],
  ['|i1', Int8Array.of(-128, 127), ['-128', '127']],
  ['<i2', Int16Array.of(-32_768), ['-32768']],
  ['<i4', Int32Array.of(-7), ['-7']],
  ['<i8', BigInt64Array.of(-(2n ** 63n)), ['-9223372036854775808']],
  ['<u2', Uint16Array.of(65_535), ['65535']],
  ['<u4', Uint32Array.of(4_294_967_295), ['4294967295']],
  ['<u8', BigUint64Array.of(2n ** 64n - 1n), ['18446744073709551615']],
  ['|b1', Uint8Array.of(1, 0), ['true', 'false']],
  ['>i2', Uint8Array.of(1, 2), ['258']],
])('values of %s are read exactly', (type, body, values) => expect(valuesOf(npy(type, [values.length], body))).toEqual(values));

test('text is quoted, without the zeros that fill it up', () => {
  const body = Uint32Array.of(0x61, 0x1f682, 0, 0x22, 0, 0);
  expect(valuesOf(npy('<U3', [2], body))).toEqual(['"a🚂"', String.raw`"\""`]);
});

test('a scalar has one value, an empty array none', () => {
  expect(previewNpy(npy('<i4', [], Int32Array.of(3)), 64)).toEqual({ rows: [{ label: '0', values: ['3'] }], left: 0 });
  expect(previewNpy(npy('<f4', [0, 3], new Float32Array()), 64)).toEqual({ rows: [], left: 0 });
});

test('what cannot be shown rightly is not shown: another order or type, a file cut short, no .npy at all', () => {
  const body = Float32Array.of(1, 2);
  expect(previewNpy(npy('<f4', [2], body, 'True'), 64)).toBeUndefined();
  expect(previewNpy(npy('<c8', [1], body), 64)).toBeUndefined();
  expect(previewNpy(npy('<f4', [3], body), 64)).toBeUndefined();
  expect(previewNpy(npy('<f4', [2], body).slice(0, 40), 64)).toBeUndefined();
  expect(previewNpy(new TextEncoder().encode('no array, only words').buffer, 64)).toBeUndefined();
});
