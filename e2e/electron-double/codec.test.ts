import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createCodec } from './codec.ts';

const codec = createCodec();
const carried = (value: unknown): unknown => codec.decode(codec.encode(value));

test('whatever structured clone carries arrives as structured clone would have it', () => {
  const values = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withUnicodeString: true,
    withNullPrototype: false,
  } as fc.ObjectConstraints);
  fc.assert(
    fc.property(values, (value) => {
      expect(carried(value)).toStrictEqual(structuredClone(value));
    }),
    { numRuns: 500 },
  );
});

test('shared and circular references stay what they are, also two views of one buffer', () => {
  const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
  const value: Record<string, unknown> = { head: new Uint8Array(buffer, 0, 2), tail: new DataView(buffer, 2) };
  value['self'] = value;
  const copy = carried(value) as { self: unknown; head: Uint8Array; tail: DataView };
  expect(copy.self).toBe(copy);
  expect(copy.head.buffer).toBe(copy.tail.buffer);
  expect([...copy.head, copy.tail.getUint8(1)]).toEqual([1, 2, 4]);
});

test('undefined in a list, an error, a pattern and a field named __proto__ arrive', () => {
  const value = { list: [undefined, 1], error: new RangeError('too far'), pattern: /a\/b/giu, ['__proto__']: 1 };
  const copy = carried(value) as typeof value;
  expect(copy.list).toStrictEqual([undefined, 1]);
  expect([copy.error.name, copy.error.message]).toEqual(['RangeError', 'too far']);
  expect(copy.pattern).toEqual(/a\/b/giu);
  expect(Object.keys(copy)).toContain('__proto__');
});

test('what cannot be cloned is refused', () => {
  for (const value of [() => 1, Symbol('x'), { deep: [() => 1] }, Promise.resolve(), new WeakMap()]) {
    expect(() => codec.encode(value)).toThrow('could not be cloned');
  }
});

test('its source stands alone, as it must in the page', () => {
  const alone = runInNewContext(`(${createCodec.toString()})()`, { atob, btoa, DOMException }) as typeof codec;
  expect(alone.decode(codec.encode({ a: [1n, undefined] }))).toEqual({ a: [1n, undefined] });
});
