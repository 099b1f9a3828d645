import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FailReason } from '../../../../shared/model/reason.ts';
import { InputError } from '../input-error.ts';
import { parseTable } from './parse-table.ts';

const features = ['mean width', 'height', 'depth/length'];
const parse = (text: string) => parseTable(text, 'rows.csv', features);

const reasonOf = (text: string): FailReason => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.reason;
    throw error;
  }
  throw new Error('the table was accepted');
};

const anyRows = fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }).map(Math.fround), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 20,
});
const plain = (value: number): string => String(value === 0 ? 0 : value);

describe('a table of numbers', () => {
  test('is read the same whatever the separator, line end, header and quotes', () => {
    fc.assert(
      fc.property(
        anyRows,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.boolean(),
        (rows, separator, end, header, quotes) => {
          const lines = rows.map((row) => row.map((value) => (quotes ? `"${plain(value)}"` : ` ${plain(value)}`)).join(separator));
          const text = [...(header ? [features.join(separator)] : []), ...lines, ''].join(end);
          expect(parse(text).map(({ values }) => values)).toEqual(rows.map((row) => row.map((value) => (value === 0 ? 0 : value))));
        },
      ),
    );
  });

  test('is read from a JSON array of rows, or of one row', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const wanted = rows.map((row) => row.map((value) => (value === 0 ? 0 : value)));
        expect(parse(JSON.stringify(rows)).map(({ values }) => values)).toEqual(wanted);
        expect(parse(JSON.stringify(rows[0])).map(({ values }) => values)).toEqual([wanted[0]]);
      }),
    );
  });

  test('may name its columns in another order and hold more of them', () => {
    const text = 'id,Depth/Length,"Mean Width",label,height\nP-7,3,1,"sick, very",2\n';
    expect(parse(text)).toEqual([{ values: [1, 2, 3], line: 2 }]);
  });

  test('may start with a byte order mark as TextDecoder leaves it out, and hold empty lines', () => {
    const text = new TextDecoder().decode(Buffer.from('\uFEFF\n1,2,3\n\n4,5,6\n'));
    expect(parse(text).map(({ line }) => line)).toEqual([2, 4]);
  });
});

describe('a mistake in a table', () => {
  test.each([
    ['1,2,3\n4,5\n', { code: 'row-columns', values: { file: 'rows.csv', line: 2, wanted: 3, given: 2 } }],
    ['1,2,3,4\n', { code: 'row-columns', values: { file: 'rows.csv', line: 1, wanted: 3, given: 4 } }],
    ['1,2,x\n', { code: 'row-not-number', values: { file: 'rows.csv', line: 1, column: 3, text: 'x' } }],
    ['a,b,c\n1,,3\n', { code: 'row-not-number', values: { file: 'rows.csv', line: 2, column: 2, text: '' } }],
    ['1,0x10,3\n', { code: 'row-not-number', values: { file: 'rows.csv', line: 1, column: 2, text: '0x10' } }],
    ['1,1e300,3\n', { code: 'row-not-number', values: { file: 'rows.csv', line: 1, column: 2, text: '1e300' } }],
    ['1,NaN,3\n', { code: 'row-not-number', values: { file: 'rows.csv', line: 1, column: 2, text: 'NaN' } }],
    ['[[1,2,3],[4,null,6]]', { code: 'row-not-number', values: { file: 'rows.csv', line: 2, column: 2, text: 'null' } }],
    ['[[1,2,3],7]', { code: 'row-columns', values: { file: 'rows.csv', line: 2, wanted: 3, given: 1 } }],
    ['[]', { code: 'rows-none', values: { file: 'rows.csv' } }],
    ['a,b,c\n', { code: 'rows-none', values: { file: 'rows.csv' } }],
    [' \n\n', { code: 'rows-none', values: { file: 'rows.csv' } }],
  ] satisfies [string, FailReason][])('in %j is told with its place', (text, reason) => {
    expect(reasonOf(text)).toEqual(reason);
  });

  test('that makes JSON or text unreadable is told as a damaged file', () => {
    expect(reasonOf('[[1,2')).toMatchObject({ code: 'file-damaged', values: { kind: 'JSON' } });
    expect(reasonOf('\0\0\0')).toMatchObject({ code: 'file-damaged', values: { kind: 'CSV' } });
  });

  test('never escapes as anything but an InputError', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom('1', ',', '\n', '"', ';', '.', 'a', '[', ']') })),
        (text) => {
          try {
            expect(parse(text).every(({ values }) => values.length === 3 && values.every(Number.isFinite))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
    );
  });
});
