import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BadInput } from '../bad-input.ts';
import { arbitraryTensor, everyType } from './arbitrary-tensor.ts';
import { bytesSource } from './byte-source.ts';
import { formatNpy, openNpy } from './npy.ts';
import { createNumericData, type Tensor } from './tensor.ts';

const bytesOf = (tensor: Tensor): Uint8Array => Buffer.concat(formatNpy(tensor));

const read = (bytes: Uint8Array): Tensor => {
  const { type, shape, load } = openNpy(bytesSource('x.npy', bytes));
  return { type, shape, data: load() };
};

const reasonOf = (bytes: Uint8Array): unknown => {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof BadInput) return error.reason;
    throw error;
  }
  return 'it was read';
};

test('every tensor comes back as it was written', () => {
  fc.assert(
    fc.property(arbitraryTensor(), (tensor) => {
      expect(read(bytesOf(tensor))).toEqual(tensor);
    }),
  );
});

test('values begin at a multiple of 64 bytes and the header ends with a line', () => {
  fc.assert(
    fc.property(arbitraryTensor(), (tensor) => {
      const [header] = formatNpy(tensor);
      expect([(header?.byteLength ?? 1) % 64, header?.at(-1)]).toEqual([0, 10]);
    }),
  );
});

test('whatever the bytes are, they are read or refused with a reason', () => {
  const whole = bytesOf({ type: 'float32', shape: [2, 3], data: new Float32Array(6) });
  const spoiled = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.nat({ max: 255 }), length: fc.nat({ max: whole.length }) });
  fc.assert(
    fc.property(spoiled, ({ at, byte, length }) => {
      const bytes = Uint8Array.from(whole);
      bytes[at] = byte;
      expect(reasonOf(bytes.subarray(0, length))).toSatisfy((reason) => reason === 'it was read' || typeof reason === 'object');
    }),
  );
});

/** A file by hand, as another program could have written it. */
const file = (descr: string, shape: string, values: Uint8Array, options: { version?: number; fortran?: boolean } = {}): Uint8Array => {
  const { version = 1, fortran = false } = options;
  const header = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }\n`);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), length, header, values]);
};

test('versions 2 and 3 are read, whose headers begin later', () => {
  const values = new Uint8Array(Int16Array.of(1, -2).buffer);
  for (const version of [2, 3]) expect(read(file("'<i2'", '(2,)', values, { version })).data).toEqual(Int16Array.of(1, -2));
});

test('values in the order of big machines are turned round', () => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(-(2n ** 63n) + 5n, 0);
  bytes.writeBigInt64BE(7n, 8);
  expect(read(file("'>i8'", '(2,)', bytes)).data).toEqual(BigInt64Array.of(-(2n ** 63n) + 5n, 7n));
});

test('values that lie column by column come in the order of rows', () => {
  // numpy.asfortranarray([[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]])
  const values = Uint8Array.of(0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11);
  expect(read(file("'|u1'", '(3, 2, 2)', values, { fortran: true })).data).toEqual(Uint8Array.from({ length: 12 }, (_, index) => index));
});

test('any byte but zero is true', () => {
  expect(read(file("'|b1'", '(3,)', Uint8Array.of(0, 2, 255))).data).toEqual(Uint8Array.of(0, 1, 1));
});

describe('what is not a readable tensor is refused', () => {
  const damaged = (detail: string) => ({ code: 'file-damaged', values: { file: 'x.npy', kind: '.npy', detail } });

  test.each([
    ['text', Buffer.from('1,2,3,4,5,6,7\n'), 'It does not begin like one.'],
    ['a version that nobody has written', file("'<f4'", '(1,)', new Uint8Array(4), { version: 9 }), 'Its version 9 is not known.'],
    ['a header that is cut off', file("'<f4'", '(1,)', new Uint8Array(4)).subarray(0, 30), 'It ends within its header.'],
    ['a header without a shape', file("'<f4'", 'None', new Uint8Array(4)), 'Its header cannot be understood.'],
    ['too few values', file("'<f4'", '(3,)', new Uint8Array(8)), 'Its header promises 12 bytes of values and 8 are there.'],
  ])('%s', (_, bytes, detail) => {
    expect(reasonOf(bytes)).toEqual(damaged(detail));
  });

  test('a shape beyond any memory', () => {
    const detail = 'Its shape [4294967296, 4294967296] is beyond any memory.';
    expect(reasonOf(file("'<f4'", '(4294967296, 4294967296)', new Uint8Array(4)))).toMatchObject({
      code: 'file-damaged',
      values: { detail },
    });
  });

  test('a shape of thousands of dimensions is told by the first of them', () => {
    const detail = 'Its shape [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, … and 1988 more] is beyond any memory.';
    expect(reasonOf(file("'<f4'", `(${'9, '.repeat(2000)})`, new Uint8Array(4)))).toMatchObject({ values: { detail } });
  });

  test.each([
    ["'<c8'", 'complex64'],
    ["'<f16'", 'long double'],
    ["'|O'", 'Python objects'],
    ["'<M8[ns]'", 'dates'],
    ["'<x3'", '<x3'],
    ["[('a', '<f4')]", 'structured values'],
  ])('the type %s, by its name', (descr, type) => {
    expect(reasonOf(file(descr, '(1,)', new Uint8Array(8)))).toEqual({ code: 'type-unsupported', values: { file: 'x.npy', type } });
  });
});

const python = ['python3', '/usr/bin/python3'].find((program) => spawnSync(program, ['-c', 'import numpy']).status === 0);

describe.skipIf(!python)(python ? 'numpy' : 'numpy (not installed)', () => {
  const folder = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'npy-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  };
  const runPython = (code: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', code, ...args], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  };

  test('reads what we write: type, shape and the very bytes', () => {
    const path = folder();
    const tensors = fc.sample(arbitraryTensor(), { numRuns: 60, seed: 7 });
    tensors.forEach((tensor, index) => writeFileSync(join(path, `${index}.npy`), bytesOf(tensor)));
    const code = `
import json, sys, numpy
for index in range(${tensors.length}):
    a = numpy.load(sys.argv[1] + '/%d.npy' % index)
    values = a.ravel().tolist() if a.dtype.kind == 'U' else a.tobytes().hex()
    print(json.dumps([a.dtype.name if a.dtype.kind != 'U' else 'str', a.shape, values]))`;
    const lines = runPython(code, path).trim().split('\n');
    const wanted = tensors.map(({ type, shape, data }) => {
      const values = Array.isArray(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
      return [type === 'string' ? 'str' : type, shape, values];
    });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(wanted);
  });

  test('writes what we read: both orders of bytes, both orders of axes, every type', () => {
    const path = folder();
    const code = `
import sys, numpy
a = numpy.arange(24).reshape(2, 3, 4)
for name in ${JSON.stringify(everyType.filter((type) => type !== 'string'))}:
    for order in '<>':
        typed = (a % 2 if name == 'bool' else a).astype(numpy.dtype(name).newbyteorder(order))
        numpy.save(sys.argv[1] + '/%s%s.npy' % (name, 'c' if order == '<' else 'C'), typed)
        numpy.save(sys.argv[1] + '/%s%s.npy' % (name, 'f' if order == '<' else 'F'), numpy.asfortranarray(typed))
numpy.save(sys.argv[1] + '/string.npy', numpy.array([['a', 'größer'], ['\\U0001f9ea', '']]))
numpy.save(sys.argv[1] + '/bytes.npy', numpy.array([b'a', b'bcd']))`;
    runPython(code, path);
    const halves = Uint16Array.of(0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800, 0x4880, 0x4900, 0x4980);
    const moreHalves = Uint16Array.of(0x4a00, 0x4a80, 0x4b00, 0x4b80, 0x4c00, 0x4c40, 0x4c80, 0x4cc0, 0x4d00, 0x4d40, 0x4d80, 0x4dc0);
    for (const type of everyType) {
      if (type === 'string') continue;
      const data = type === 'float16' ? Uint16Array.of(...halves, ...moreHalves) : createNumericData(type, 24);
      if (type !== 'float16')
        for (let at = 0; at < 24; at += 1) data[at] = (typeof data[0] === 'bigint' ? BigInt(at) : type === 'bool' ? at % 2 : at) as number;
      for (const order of ['c', 'f', 'C', 'F']) {
        expect(read(readFileSync(join(path, `${type}${order}.npy`)))).toEqual({ type, shape: [2, 3, 4], data });
      }
    }
    expect(read(readFileSync(join(path, 'string.npy')))).toEqual({ type: 'string', shape: [2, 2], data: ['a', 'größer', '🧪', ''] });
    expect(read(readFileSync(join(path, 'bytes.npy')))).toEqual({ type: 'string', shape: [2], data: ['a', 'bcd'] });
  });
});
