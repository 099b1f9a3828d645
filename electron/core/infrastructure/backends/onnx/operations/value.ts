/** What is known of a tensor in a model before it runs. */
export interface Value {
  readonly shape: readonly number[];
  readonly elementBytes: number;
  /** In row-major order; only of small tensors whose numbers are known, such as shapes. */
  readonly values?: readonly number[];
}

/** Thrown where something cannot be known without running the model. */
export class NotKnown extends Error {
  override readonly name = 'NotKnown';
}

/** Lists of sizes, paddings and places are short; longer ones are data. */
export const mostValues = 1024;

/** Checked: sizes come from a file of a stranger. */
export const valueOf = (shape: readonly number[], elementBytes: number, values?: readonly number[]): Value => {
  const count = countIn(shape);
  const isKept = values !== undefined && values.length === count && count <= mostValues;
  return { shape, elementBytes, ...(isKept && { values }) };
};

/** How many elements a shape has. */
export const countIn = (shape: readonly number[]): number => {
  const count = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || !Number.isSafeInteger(count)) throw new NotKnown('a shape');
  return count;
};

export const bytesOf = ({ shape, elementBytes }: Value): number => countIn(shape) * elementBytes;

/** Axes count from the end where they are negative. */
export const axisIn = (axis: number, rank: number): number => {
  const place = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(place) || place < 0 || place >= rank) throw new NotKnown('an axis');
  return place;
};

/** The shape of what numpy's rules make of several. */
export const broadcast = (shapes: readonly (readonly number[])[]): number[] => {
  const rank = Math.max(0, ...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - (rank - shape.length)] ?? 1).filter((size) => size !== 1);
    if (sizes.some((size) => size !== sizes[0])) throw new NotKnown('shapes that do not go together');
    return sizes[0] ?? 1;
  });
};

/** Numbers of one tensor put into the places of another: `from` names for each place which number of the old one comes there. */
export const rearranged = (value: Value, shape: readonly number[], from: (place: readonly number[]) => number): Value => {
  const count = countIn(shape);
  const { values } = value;
  if (!values || count > mostValues) return valueOf(shape, value.elementBytes);
  const moved = Array.from({ length: count }, (_, index) => values[from(placeOf(index, shape))] ?? Number.NaN);
  return valueOf(shape, value.elementBytes, moved);
};

/** The place of an element, axis by axis, and back. */
export const placeOf = (index: number, shape: readonly number[]): number[] => {
  let rest = index;
  const place = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis] ?? 1;
    place[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return place;
};

export const indexOf = (place: readonly number[], shape: readonly number[]): number =>
  shape.reduce((index, size, axis) => index * size + (place[axis] ?? 0), 0);
