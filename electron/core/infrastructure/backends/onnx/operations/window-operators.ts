import type { Call } from './call.ts';
import { NotKnown, valueOf, type Value } from './value.ts';

/* Operators that move a window over pictures or sounds: shapes are [batch, channels, …space]. */

type Operator = (call: Call) => Value[];

/** Weights are [channels out, channels in ÷ groups, …kernel]. */
export const convolution =
  (weights: number, resultBytes?: number): Operator =>
  (call) => {
    const { shape, elementBytes } = call.input(0);
    const [channels = 0, , ...kernel] = call.input(weights).shape;
    return [valueOf([sizeAt(shape, 0), channels, ...slid(call, shape.slice(2), kernel)], resultBytes ?? elementBytes)];
  };

/** Weights are [channels in, channels out ÷ groups, …kernel]. */
export const transposedConvolution: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  const [, perGroup = 0, ...kernel] = call.input(1).shape;
  const space = shape.slice(2);
  const strides = call.list('strides') ?? [];
  const dilations = call.list('dilations') ?? [];
  const more = call.list('output_padding') ?? [];
  const isSame = isPaddedAlike(call);
  const sizes = space.map((size, axis) => {
    const stride = strides[axis] ?? 1;
    if (isSame) return size * stride;
    const [before, after] = padsOf(call, axis, space.length);
    return stride * (size - 1) + (more[axis] ?? 0) + ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1 - before - after;
  });
  const channels = perGroup * call.number('group', 1);
  return [valueOf([sizeAt(shape, 0), channels, ...(call.list('output_shape')?.slice(-space.length) ?? sizes)], elementBytes)];
};

export const pooling: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  const kernel = call.list('kernel_shape');
  if (!kernel) throw new NotKnown('a pool without a size');
  const pooled = valueOf([...shape.slice(0, 2), ...slid(call, shape.slice(2), kernel)], elementBytes);
  return call.node.outputs.length > 1 ? [pooled, { shape: pooled.shape, elementBytes: 8 }] : [pooled];
};

export const globalPooling: Operator = (call) => {
  const { shape, elementBytes } = call.input(0);
  return [valueOf([...shape.slice(0, 2), ...shape.slice(2).map(() => 1)], elementBytes)];
};

/** How often a window fits along each axis. */
const slid = (call: Call, space: readonly number[], kernel: readonly number[]): number[] => {
  const strides = call.list('strides') ?? [];
  const dilations = call.list('dilations') ?? [];
  const isSame = isPaddedAlike(call);
  const round = call.number('ceil_mode', 0) === 1 ? Math.ceil : Math.floor;
  return space.map((size, axis) => {
    const stride = strides[axis] ?? 1;
    if (isSame) return Math.ceil(size / stride);
    const [before, after] = padsOf(call, axis, space.length);
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return round((size + before + after - reach) / stride) + 1;
  });
};

const isPaddedAlike = ({ node }: Call): boolean => node.attributes.get('auto_pad')?.text?.startsWith('SAME') ?? false;

const padsOf = (call: Call, axis: number, rank: number): [before: number, after: number] => {
  const pads = call.list('pads') ?? [];
  return [pads[axis] ?? 0, pads[axis + rank] ?? 0];
};

const sizeAt = (shape: readonly number[], axis: number): number => {
  const size = shape[axis];
  if (size === undefined) throw new NotKnown('a shape with too few axes');
  return size;
};
