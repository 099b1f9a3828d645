import { node, numbers, value, writeModel } from '../providers/write-model.ts';

/*
 * Two models that do one thing each, a few times in a row so that what a run costs besides hardly counts. Their array is a power of two in
 * size and filled with one number, so that the result is known exactly and shows that all of it was computed.
 */

export interface Benchmark {
  /** The operators in a row that are measured. */
  readonly steps: number;
  /** Sizes to try, each twice the one before. */
  readonly smallest: number;
  readonly largest: { readonly onProcessor: number; readonly elsewhere: number };
  shape(size: number): number[];
  /** What the array is filled with. */
  fill(size: number): number;
  /** What comes out, in every place. */
  result(size: number): number;
  /** Of one run: floating point operations, or bytes read and written. */
  work(size: number, isMadeThere: boolean): number;
  readonly operator: 'MatMul' | 'Add';
}

/**
 * x · x · x · x · x with n × n floats: four products of 2 n³ operations each. GFLOP = 2 n³ / 10⁹ for one product. With 1/n everywhere
 * each product is 1/n everywhere again.
 */
export const products: Benchmark = {
  operator: 'MatMul',
  steps: 4,
  smallest: 256,
  largest: { onProcessor: 4096, elsewhere: 4096 },
  shape: (size) => [size, size],
  fill: (size) => 1 / size,
  result: (size) => 1 / size,
  work: (size) => 4 * 2 * size ** 3,
};

/**
 * x + x + x + x with arrays of at least 64 MiB, which is more than caches hold. The first sum reads one array and writes one, the others
 * read two and write one, in place. Making x where it is used writes it once.
 */
export const sums: Benchmark = {
  operator: 'Add',
  steps: 3,
  smallest: 2 ** 24,
  largest: { onProcessor: 2 ** 25, elsewhere: 2 ** 28 },
  shape: (size) => [size],
  fill: () => 1,
  result: () => 4,
  work: (size, isMadeThere) => (2 + 3 + 3 + (isMadeThere ? 1 : 0)) * size * Float32Array.BYTES_PER_ELEMENT,
};

/**
 * The model of a benchmark. `isMadeThere` makes the array on the device out of one number, because what is carried there for every run
 * would be measured as well; the processor is given the array itself. Of the result one number is asked back.
 */
export const benchmarkModel = ({ operator, steps, shape }: Benchmark, size: number, isMadeThere: boolean): Uint8Array => {
  const whole = shape(size);
  const ones = whole.map(() => 1);
  const array = isMadeThere ? 'x' : 'seed';
  const chain = Array.from({ length: steps }, (_, index) => node(operator, [index === 0 ? array : `c${index}`, array], `c${index + 1}`));
  return writeModel({
    nodes: [...(isMadeThere ? [node('Expand', ['seed', 'shape'], 'x')] : []), ...chain, node('Slice', [`c${steps}`, 'from', 'to'], 'y')],
    constants: [
      ...(isMadeThere ? [numbers('shape', whole)] : []),
      numbers(
        'from',
        whole.map(() => 0),
      ),
      numbers('to', ones),
    ],
    inputs: [value('seed', isMadeThere ? ones : whole)],
    outputs: [value('y', ones)],
  });
};
