import { Tensor } from 'onnxruntime-node';

/*
 * The only place of the applications that loads onnxruntime-node at run time. A worker prepares its process (telemetry off,
 * float16) before it imports anything from here.
 */

/** A tensor over the array itself: nothing is copied. */
export const float32Tensor = (data: Float32Array, dims: readonly number[]): Tensor => new Tensor('float32', data, dims);

/** A scalar or short vector of 64-bit integers. */
export const int64Tensor = (values: readonly number[], dims: readonly number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), dims);

/** The values of an output that the model's card says is float32. */
export const float32Values = (tensor: Tensor | undefined): Float32Array => {
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError('the model gave no float32 output of that name');
  return tensor.data;
};
