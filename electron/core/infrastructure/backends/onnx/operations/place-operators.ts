import type { Call } from './call.ts';
import { axisIn, broadcast, countIn, indexOf, NotKnown, placeOf, rearranged, valueOf, type Value } from './value.ts';

/* Operators that only put elements elsewhere. They also compute shapes from shapes, so that the numbers of small tensors are followed. */

type Operator = (call: Call) => Value[];

export const reshape: Operator = (call) => {
  const { shape, elementBytes, values } = call.input(0);
  const keepsZero = call.number('allowzero', 0) === 1;
  const wanted = call.numbers(1).map((size, axis) => (size === 0 && !keepsZero ? (shape[axis] ?? 0) : size));
  const others = wanted.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const sizes = wanted.map((size) => (size === -1 ? countIn(shape) / others : size));
  if (countIn(sizes) !== countIn(shape)) throw new NotKnown('a shape of another size');
  return [valueOf(sizes, elementBytes, values)];
};

export const flatten: Operator = (call) => {
  const { shape, elementBytes, values } = call.input(0);
  const axis = call.number('axis', 1);
  const first = axis < 0 ? axis + shape.length : axis;
  return [valueOf([countIn(shape.slice(0, first)), countIn(shape.slice(first))], elementBytes, values)];
};

export const squeeze: Operator = (call) => {
  const { shape, elementBytes, values } = call.input(0);
  const axes = call.given(1, 'axes')?.map((axis) => axisIn(axis, shape.length));
  return [
    valueOf(
      shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
      elementBytes,
      values,
    ),
  ];
};

export const unsqueeze: Operator = (call) => {
  const { shape, elementBytes, values } = call.input(0);
  const asked = call.given(1, 'axes') ?? [];
  const axes = asked.map((axis) => axisIn(axis, shape.length + asked.length));
  const rest = shape.values();
  const sizes = Array.from({ length: shape.length + asked.length }, (_, axis) => (axes.includes(axis) ? 1 : (rest.next().value ?? 1)));
  return [valueOf(sizes, elementBytes, values)];
};

export const transpose: Operator = (call) => {
  const value = call.input(0);
  const { shape } = value;
  const order = call.list('perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  const sizes = order.map((axis) => shape[axisIn(axis, shape.length)] ?? 0);
  return [
    rearranged(value, sizes, (place) => {
      const before = shape.map(() => 0);
      for (const [to, axis] of order.entries()) before[axis] = place[to] ?? 0;
      return indexOf(before, shape);
    }),
  ];
};

export const expand: Operator = (call) => {
  const value = call.input(0);
  return [stretched(value, broadcast([value.shape, call.numbers(1)]))];
};

const stretched = (value: Value, shape: readonly number[]): Value => {
  const missing = shape.length - value.shape.length;
  return rearranged(value, shape, (place) =>
    indexOf(
      value.shape.map((size, axis) => (size === 1 ? 0 : (place[axis + missing] ?? 0))),
      value.shape,
    ),
  );
};

export const tile: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  const times = call.numbers(1);
  return [
    valueOf(
      shape.map((size, axis) => size * (times[axis] ?? 1)),
      elementBytes,
    ),
  ];
};

export const concat: Operator = (call) => {
  const parts = call.node.inputs.map((_, index) => call.input(index));
  const [first] = parts;
  if (!first) throw new NotKnown('nothing to join');
  const axis = axisIn(call.number('axis', 1), first.shape.length);
  const total = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  const shape = first.shape.map((size, place) => (place === axis ? total : size));
  const isList = first.shape.length === 1 && parts.every(({ values }) => values);
  return [valueOf(shape, first.elementBytes, isList ? parts.flatMap(({ values }) => values ?? []) : undefined)];
};

export const split: Operator = (call) => {
  const value = call.input(0);
  const axis = axisIn(call.number('axis', 0), value.shape.length);
  const size = value.shape[axis] ?? 0;
  const count = call.node.outputs.length;
  const even = Math.ceil(size / count);
  const sizes = call.given(1, 'split') ?? Array.from({ length: count }, (_, index) => Math.min(even, size - index * even));
  let start = 0;
  return sizes.map((part) => {
    const from = start;
    start += part;
    const shape = value.shape.map((whole, place) => (place === axis ? part : whole));
    return rearranged(value, shape, (place) =>
      indexOf(
        place.map((at, along) => (along === axis ? at + from : at)),
        value.shape,
      ),
    );
  });
};

export const slice: Operator = (call) => {
  const value = call.input(0);
  const { shape } = value;
  const starts = call.given(1, 'starts') ?? [];
  const ends = call.given(2, 'ends') ?? [];
  const axes = call.given(3, 'axes') ?? starts.map((_, axis) => axis);
  const steps = call.given(4, 'steps') ?? [];
  const cuts = shape.map((size) => ({ start: 0, step: 1, count: size }));
  for (const [index, asked] of axes.entries()) {
    const axis = axisIn(asked, shape.length);
    cuts[axis] = cutOf(shape[axis] ?? 0, starts[index] ?? 0, ends[index] ?? 0, steps[index] ?? 1);
  }
  const sizes = cuts.map(({ count }) => count);
  return [
    rearranged(value, sizes, (place) =>
      indexOf(
        cuts.map(({ start, step }, axis) => start + step * (place[axis] ?? 0)),
        shape,
      ),
    ),
  ];
};

/** As Python cuts lists: places count from the end where they are negative, and what is beyond an end is cut off. */
const cutOf = (size: number, start: number, end: number, step: number): { start: number; step: number; count: number } => {
  if (step === 0) throw new NotKnown('a step of nothing');
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const within = (place: number): number => Math.min(most, Math.max(least, place < 0 ? place + size : place));
  const from = within(start);
  // Lower than any place before the first, it means that the first is taken too.
  const to = step < 0 && end < -size ? -1 : within(end);
  return { start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
};

export const gather: Operator = (call) => {
  const value = call.input(0);
  const indices = call.input(1);
  const axis = axisIn(call.number('axis', 0), value.shape.length);
  const rank = indices.shape.length;
  const shape = [...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)];
  if (!indices.values) return [valueOf(shape, value.elementBytes)];
  const { values: places } = indices;
  const size = value.shape[axis] ?? 0;
  return [
    rearranged(value, shape, (place) => {
      const index = places[indexOf(place.slice(axis, axis + rank), indices.shape)] ?? 0;
      return indexOf([...place.slice(0, axis), index < 0 ? index + size : index, ...place.slice(axis + rank)], value.shape);
    }),
  ];
};

export const pad: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  const pads = call.given(1, 'pads') ?? [];
  const axes = call.has(3) ? call.numbers(3).map((axis) => axisIn(axis, shape.length)) : shape.map((_, axis) => axis);
  const sizes = [...shape];
  for (const [index, axis] of axes.entries()) sizes[axis] = (sizes[axis] ?? 0) + (pads[index] ?? 0) + (pads[index + axes.length] ?? 0);
  return [valueOf(sizes, elementBytes)];
};

/** To sizes, else by scales, along the axes that are named or all; the places of these inputs have changed with operator set 11. */
export const resize: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  const axes = call.list('axes')?.map((axis) => axisIn(axis, shape.length)) ?? shape.map((_, axis) => axis);
  const sizes = call.has(3) ? call.numbers(3) : undefined;
  const given = sizes ?? call.given(call.has(2) ? 2 : 1, 'scales');
  const policy = call.node.attributes.get('keep_aspect_ratio_policy')?.text ?? 'stretch';
  if (given?.length !== axes.length || policy !== 'stretch') throw new NotKnown('how much larger');
  const resized = [...shape];
  for (const [index, axis] of axes.entries()) {
    const by = given[index] ?? 1;
    resized[axis] = sizes ? by : Math.floor((shape[axis] ?? 0) * by);
  }
  return [valueOf(resized, elementBytes)];
};

export const shapeOf: Operator = (call) => {
  const { shape } = call.input(0);
  const from = call.number('start', 0);
  const sizes = shape.slice(from, call.number('end', shape.length));
  return [valueOf([sizes.length], 8, sizes)];
};

export const sizeOf: Operator = (call) => [valueOf([], 8, [countIn(call.input(0).shape)])];

export const constant: Operator = ({ node: { attributes } }) => {
  const tensor = attributes.get('value')?.tensor;
  if (tensor) return [tensor];
  const number = attributes.get('value_int')?.number;
  if (number !== undefined) return [valueOf([], 8, [number])];
  const list = attributes.get('value_ints')?.numbers;
  if (list) return [valueOf([list.length], 8, list)];
  if (attributes.has('value_float')) return [valueOf([], 4)];
  const floats = attributes.get('value_floats')?.numbers;
  if (floats) return [valueOf([floats.length], 4, floats)];
  throw new NotKnown('a constant');
};

export const constantOfShape: Operator = (call) => {
  const shape = call.numbers(0);
  const { elementBytes, values } = call.node.attributes.get('value')?.tensor ?? { elementBytes: 4, values: [0] };
  return [stretched({ shape: [1], elementBytes, ...(values && { values }) }, shape)];
};

/** From the first number up to the second, by steps of the third. */
export const range: Operator = (call) => {
  const [[start = 0], [end = 0], [step = 0]] = [call.numbers(0), call.numbers(1), call.numbers(2)];
  const count = Math.max(0, Math.ceil((end - start) / step));
  const values = count > 1024 ? undefined : Array.from({ length: count }, (_, index) => start + index * step);
  return [valueOf([count], call.input(0).elementBytes, values)];
};

/** The element of a stretched operand that stands at a place of the result. */
export const numberAt = ({ shape, values }: Value, index: number, whole: readonly number[]): number => {
  const place = placeOf(index, whole).slice(whole.length - shape.length);
  return (
    values?.[
      indexOf(
        place.map((at, axis) => (shape[axis] === 1 ? 0 : at)),
        shape,
      )
    ] ?? Number.NaN
  );
};
