import type { Call } from './call.ts';
import { countIn, type Value } from './value.ts';

/**
 * Floating point operations of a node, two for each multiplication with its addition; 0 for those whose time goes by what they move. Of
 * quantised operators the same number of whole ones.
 */
export const flopOf = (call: Call, [output]: readonly Value[]): number => {
  if (!output) return 0;
  const weights = (index: number): readonly number[] => call.input(index).shape;
  switch (call.node.operator) {
    case 'Conv':
    case 'ConvInteger':
      return 2 * countIn(output.shape) * countIn(weights(1).slice(1));
    case 'QLinearConv':
      return 2 * countIn(output.shape) * countIn(weights(3).slice(1));
    case 'ConvTranspose':
      return 2 * countIn(call.input(0).shape) * countIn(weights(1).slice(1));
    case 'MatMul':
    case 'MatMulInteger':
    case 'QLinearMatMul':
      return 2 * countIn(output.shape) * (call.input(0).shape.at(-1) ?? 0);
    case 'Gemm':
      return 2 * countIn(output.shape) * (call.input(0).shape[call.number('transA', 0) === 1 ? 0 : 1] ?? 0);
    // Each step multiplies what comes with W and the state before with R, of each direction.
    case 'LSTM':
    case 'GRU':
    case 'RNN': {
      const [steps = 0, batch = 0] = call.input(0).shape;
      return 2 * steps * batch * (countIn(weights(1)) + countIn(weights(2)));
    }
    default:
      return 0;
  }
};
