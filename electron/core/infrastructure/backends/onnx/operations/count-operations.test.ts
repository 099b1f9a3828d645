import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOperations } from './count-operations.ts';
import type { Attribute, Graph, GraphNode } from './read-graph.ts';
import type { Value } from './value.ts';

const floats = (...shape: number[]): Value => ({ shape, elementBytes: 4 });
const sizes = (...values: number[]): Value => ({ shape: [values.length], elementBytes: 8, values });

const node = (
  operator: string,
  inputs: string,
  output: string,
  attributes: Record<string, number | readonly number[] | Attribute> = {},
): GraphNode => ({
  operator,
  inputs: inputs.split(' '),
  outputs: output.split(' '),
  attributes: new Map(
    Object.entries(attributes).map(([name, value]): [string, Attribute] => {
      if (typeof value === 'number') return [name, { number: value }];
      return [name, Array.isArray(value) ? { numbers: value as readonly number[] } : (value as Attribute)];
    }),
  ),
});

const graph = (nodes: readonly GraphNode[], constants: Record<string, Value> = {}, outputs = nodes.at(-1)?.outputs ?? []): Graph => ({
  nodes,
  constants: new Map(Object.entries(constants)),
  inputs: new Map(),
  outputs,
});

const count = (of: Graph, inputs: Record<string, Value>) => countOperations(of, new Map(Object.entries(inputs)));

describe('worked by hand', () => {
  test('a convolution: 2 · 16 channels · 8 × 8 places · 3 channels · 3 × 3 weights for each of two pictures', () => {
    const conv = graph([node('Conv', 'x w', 'y', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })], { w: floats(16, 3, 3, 3) });
    expect(count(conv, { x: floats(2, 3, 8, 8) })).toEqual({
      operations: { flop: 2 * 2 * 16 * 64 * 27, bytes: 4 * (2 * 3 * 64 + 16 * 27 + 2 * 16 * 64) },
      outputs: [floats(2, 16, 8, 8)],
    });
  });
  test('a step of two, no padding, a dilation of two and groups of one channel: 6 channels · 4 × 4 places · 9 weights', () => {
    const attributes = { strides: [2, 2], dilations: [2, 2], group: 6 };
    const conv = graph([node('Conv', 'x w', 'y', attributes)], { w: floats(6, 1, 3, 3) });
    // A reach of 5 in 11 places by steps of 2 fits 4 times.
    expect(count(conv, { x: floats(1, 6, 11, 11) })).toMatchObject({
      operations: { flop: 2 * 6 * 16 * 9 },
      outputs: [{ shape: [1, 6, 4, 4] }],
    });
  });
  test('a transposed convolution: each of 4 × 4 places of 8 channels gives 2 × 2 of 5', () => {
    const conv = graph([node('ConvTranspose', 'x w', 'y', { strides: [2, 2], kernel_shape: [2, 2] })], { w: floats(8, 5, 2, 2) });
    expect(count(conv, { x: floats(1, 8, 4, 4) })).toMatchObject({
      operations: { flop: 2 * 8 * 16 * 5 * 4 },
      outputs: [{ shape: [1, 5, 8, 8] }],
    });
  });
  test('two layers: 2 · 7 rows · (13 · 32 + 32 · 3), with what they read and write', () => {
    const layers = graph([node('Gemm', 'x a', 'h', { transB: 1 }), node('Relu', 'h', 'r'), node('MatMul', 'r b', 'y')], {
      a: floats(32, 13),
      b: floats(32, 3),
    });
    expect(count(layers, { x: floats(7, 13) })).toEqual({
      operations: { flop: 2 * 7 * (13 * 32 + 32 * 3), bytes: 4 * (7 * 13 + 32 * 13 + 7 * 32 + 2 * 7 * 32 + 7 * 32 + 32 * 3 + 7 * 3) },
      outputs: [floats(7, 3)],
    });
  });
  test('a product of batches, one of which is stretched', () => {
    const product = graph([node('MatMul', 'a b', 'y')]);
    expect(count(product, { a: floats(5, 1, 4, 6), b: floats(3, 6, 2) })).toMatchObject({
      operations: { flop: 2 * 5 * 3 * 4 * 2 * 6 },
      outputs: [{ shape: [5, 3, 4, 2] }],
    });
  });
  test('an LSTM: 11 steps, a batch of 2, four gates of 8 that each see 5 inputs and 8 states', () => {
    const lstm = graph([node('LSTM', 'x w r', 'y h c', { hidden_size: 8 })], { w: floats(1, 32, 5), r: floats(1, 32, 8) });
    expect(count(lstm, { x: floats(11, 2, 5) })).toMatchObject({
      operations: { flop: 2 * 11 * 2 * 4 * 8 * (5 + 8) },
      outputs: [{ shape: [11, 1, 2, 8] }, { shape: [1, 2, 8] }, { shape: [1, 2, 8] }],
    });
  });
  test('of a table and of a slice only what is taken is read', () => {
    const taken = graph([node('Gather', 'table x', 'e'), node('Slice', 'e starts ends axes', 'y')], {
      table: floats(30_000, 8),
      starts: sizes(0),
      ends: sizes(2),
      axes: sizes(1),
    });
    const [places, rows, cut] = [8 * 7, 4 * 7 * 8, 4 * 2 * 8];
    expect(count(taken, { x: { shape: [1, 7], elementBytes: 8 } })).toEqual({
      operations: { flop: 0, bytes: rows + places + rows + cut + 3 * 8 + cut },
      outputs: [floats(1, 2, 8)],
    });
  });
  test('a result is as wide as its elements: whole numbers of 32 bits from those of 8, a power as its base', () => {
    const quantised = graph([node('ConvInteger', 'x w', 'y', { kernel_shape: [1, 1] })], { w: { shape: [4, 2, 1, 1], elementBytes: 1 } });
    expect(count(quantised, { x: { shape: [1, 2, 3, 3], elementBytes: 1 } })?.outputs).toEqual([{ shape: [1, 4, 3, 3], elementBytes: 4 }]);
    expect(count(graph([node('Pow', 'x two', 'y')], { two: sizes(2) }), { x: floats(5) })?.outputs).toEqual([floats(5)]);
  });
  test('what is only named otherwise moves nothing, the rest counts by what it moves', () => {
    const views = graph([node('Flatten', 'x', 'f'), node('Add', 'f c', 'y')], { c: floats(1) });
    expect(count(views, { x: floats(2, 3, 4) })?.operations).toEqual({ flop: 0, bytes: 4 * (24 + 1 + 24) });
  });
});

describe('what shapes hang on', () => {
  test('a shape that the model computes from its input', () => {
    const computed = graph(
      [
        node('Shape', 'x', 's'),
        node('Gather', 's zero', 'n'),
        node('Concat', 'n rest', 'wanted', { axis: 0 }),
        node('Reshape', 'x wanted', 'r'),
        node('MatMul', 'r w', 'y'),
      ],
      { zero: sizes(0), rest: sizes(-1), w: floats(12, 10) },
    );
    expect(count(computed, { x: floats(7, 3, 4) })).toMatchObject({ operations: { flop: 2 * 7 * 12 * 10 }, outputs: [{ shape: [7, 10] }] });
  });
  test('the branch that is taken, where a small input says which', () => {
    const branch = (hidden: string) => ({ graph: graph([node('MatMul', `x ${hidden}`, 'b')]) });
    const branches = graph(
      [node('Equal', 'rate fast', 'is'), node('If', 'is', 'y', { then_branch: branch('small'), else_branch: branch('large') })],
      { fast: sizes(8000), small: floats(4, 10), large: floats(4, 1000) },
    );
    expect(count(branches, { x: floats(1, 4), rate: sizes(8000) })?.operations.flop).toBe(2 * 4 * 10);
    expect(count(branches, { x: floats(1, 4), rate: sizes(16_000) })?.operations.flop).toBe(2 * 4 * 1000);
    expect(count(branches, { x: floats(1, 4), rate: { shape: [1], elementBytes: 8 } })).toBeUndefined();
  });
  test('a number that is not known decides nothing', () => {
    const branch = (hidden: string) => ({ graph: graph([node('MatMul', `x ${hidden}`, 'b')]) });
    const weights = { three: sizes(3), two: sizes(2), small: floats(4, 10), large: floats(4, 1000) };
    const choosing = (...conditions: GraphNode[]) =>
      graph(
        [
          node('Div', 'three two', 'q'),
          ...conditions,
          node('If', 'is', 'y', { then_branch: branch('small'), else_branch: branch('large') }),
        ],
        weights,
      );
    for (const condition of [
      [node('Equal', 'q two', 'is')],
      [node('Less', 'q two', 'is')],
      [node('Greater', 'q two', 'is')],
      [node('Equal', 'q two', 'e'), node('Not', 'e', 'is')],
      [node('Where', 'q three two', 'is')],
      [node('Cast', 'q', 'is', { to: 9 })],
    ]) {
      expect(count(choosing(...condition), { x: floats(1, 4) }), condition[0]?.operator).toBeUndefined();
    }
  });
  test('what is cast to a truth is one or nothing', () => {
    const cast = graph([node('Cast', 'x', 'is', { to: 9 }), node('Cast', 'is', 'y', { to: 7 })]);
    expect(count(cast, { x: { shape: [3], elementBytes: 4, values: [0.5, 0, 7] } })?.outputs).toEqual([sizes(1, 0, 1)]);
  });
  test('a picture is made larger along the axes that are named, and nobody guesses by how much', () => {
    const x = floats(1, 3, 10, 20);
    const resized = (inputs: string, attributes = {}, constants = {}) =>
      count(graph([node('Resize', inputs, 'y', attributes)], constants), { x })?.outputs[0]?.shape;
    const scales = { scales: { shape: [2], elementBytes: 4, values: [2, 1.5] } };
    expect(resized('x   wanted', { axes: [2, 3] }, { wanted: sizes(5, 40) })).toEqual([1, 3, 5, 40]);
    expect(resized('x  scales', { axes: [-2, -1] }, scales)).toEqual([1, 3, 20, 30]);
    expect(resized('x   wanted', { keep_aspect_ratio_policy: { text: 'not_larger' } }, { wanted: sizes(1, 3, 5, 40) })).toBeUndefined();
    expect(resized('x   wanted', {}, { wanted: sizes(5, 40) })).toBeUndefined();
    expect(resized('x  scales', {}, scales)).toBeUndefined();
    expect(resized('x')).toBeUndefined();
  });
  test('nothing is told where one operator is not known, one size hangs on data, an input is missing or sizes do not go together', () => {
    const x = floats(2, 4);
    expect(count(graph([node('NonZero', 'x', 'y')]), { x })).toBeUndefined();
    expect(count(graph([node('Loop', 'x', 'y')]), { x })).toBeUndefined();
    expect(count(graph([node('com.example.MatMul', 'x x', 'y')]), { x })).toBeUndefined();
    expect(count(graph([node('Reshape', 'x wanted', 'y')]), { x, wanted: { shape: [2], elementBytes: 8 } })).toBeUndefined();
    expect(count(graph([node('MatMul', 'x w', 'y')]), { x })).toBeUndefined();
    expect(count(graph([node('MatMul', 'x w', 'y')], { w: floats(5, 3) }), { x })).toBeUndefined();
    expect(count(graph([node('Conv', 'x w', 'y')], { w: floats(1, 1, 9, 9) }), { x: floats(1, 1, 4, 4) })).toBeUndefined();
    expect(count(graph([node('MatMul', 'x w', 'y')], { w: floats(4, 2 ** 60) }), { x })).toBeUndefined();
  });
});

/** Convolutions, a pool and a layer, of so many channels. */
const network = (channels: readonly number[]): Graph => {
  const nodes: GraphNode[] = [];
  const constants: Record<string, Value> = {};
  let [from, width] = ['x', 3];
  for (const [index, next] of channels.entries()) {
    constants[`w${index}`] = floats(next, width, 3, 3);
    nodes.push(node('Conv', `${from} w${index}`, `c${index}`, { pads: [1, 1, 1, 1] }), node('Relu', `c${index}`, `r${index}`));
    [from, width] = [`r${index}`, next];
  }
  constants['w'] = floats(width, 10);
  nodes.push(node('GlobalAveragePool', from, 'p'), node('Flatten', 'p', 'f'), node('Gemm', 'f w', 'y'));
  return graph(nodes, constants);
};

test('a larger batch, larger pictures and more channels never lower what is counted', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 1, maxLength: 5 }),
      size,
      size,
      fc.nat(4),
      fc.nat(30),
      fc.nat(9),
      fc.nat(9),
      (channels, batch, side, place, wider, more, larger) => {
        const of = (widths: readonly number[], rows: number, edge: number) => {
          const counted = count(network(widths), { x: floats(rows, 3, edge, edge) });
          if (!counted) throw new Error('not told');
          return counted.operations;
        };
        const before = of(channels, batch, side);
        const grown = channels.map((width, index) => (index === place % channels.length ? width + wider : width));
        for (const after of [of(grown, batch, side), of(channels, batch + more, side), of(channels, batch, side + larger)]) {
          expect(after.flop).toBeGreaterThanOrEqual(before.flop);
          expect(after.bytes).toBeGreaterThanOrEqual(before.bytes);
        }
      },
    ),
  );
});
