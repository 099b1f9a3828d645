import { BadInput } from '../bad-input.ts';
import type { ByteSource } from './byte-source.ts';
import { openJsonTensor } from './json-tensor.ts';
import { openNpy } from './npy.ts';
import { openTensorProto } from './tensor-proto.ts';
import { formatShape, type ElementType, type OpenTensor, type Tensor } from './tensor.ts';

/** What a model says of one of its inputs. A dimension without a fixed size is its symbolic name, which may be empty. */
export interface WantedInput {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** The values of a tensor file for an input, of its type and shape; the file is closed after. */
export const readTensor = (source: ByteSource, wanted: WantedInput): Tensor => {
  try {
    if (source.size === 0) throw new BadInput({ code: 'file-empty', values: { path: source.name } });
    const opened = openTensor(source, wanted);
    checkTensor(opened, wanted);
    return { type: opened.type, shape: opened.shape, data: opened.load() };
  } finally {
    source.close();
  }
};

/** Told by the end of its name; its values are read by `load`. */
export const openTensor = (source: ByteSource, wanted: WantedInput): OpenTensor => {
  const extension = /\.[^./\\]+$/.exec(source.name)?.[0].toLowerCase();
  if (extension === '.npy') return openNpy(source);
  if (extension === '.json') return openJsonTensor(source, wanted.name, wanted.type);
  if (extension === '.pb') return openTensorProto(source);
  throw new BadInput({ code: 'file-kind-unknown', values: { file: source.name, wanted: '.npy, .json or .pb' } });
};

/** Checked before the values are read, so that a wrong file of any size is refused at once. */
export const checkTensor = (given: Pick<Tensor, 'type' | 'shape'>, wanted: WantedInput): void => {
  if (given.type !== wanted.type) {
    throw new BadInput({ code: 'input-type', values: { input: wanted.name, wanted: wanted.type, given: given.type } });
  }
  if (!fits(given.shape, wanted.shape)) {
    const values = { input: wanted.name, wanted: formatShape(wanted.shape), given: formatShape(given.shape) };
    throw new BadInput({ code: 'input-shape', values });
  }
};

/** The runtime names no dimensions both for a single value and for a shape that the model leaves open; it takes any shape for both. */
const fits = (given: readonly number[], wanted: WantedInput['shape']): boolean =>
  wanted.length === 0 || (given.length === wanted.length && wanted.every((size, axis) => typeof size === 'string' || size === given[axis]));
