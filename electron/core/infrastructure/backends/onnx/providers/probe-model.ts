import { node, value, writeModel } from './write-model.ts';

/** What the model below is given, and what comes out of it: y = a · b + a. */
export const probeInput = { shape: [2, 2], a: [1, 2, 3, 4], b: [5, 6, 7, 8], y: [20, 24, 46, 54] } as const;

/** The smallest model that makes a provider compute: MatMul and Add on 2 × 2 floats. Written here, so that no file can be missing. */
export const probeModel = (): Uint8Array =>
  writeModel({
    nodes: [node('MatMul', ['a', 'b'], 'c'), node('Add', ['c', 'a'], 'y')],
    inputs: [value('a', probeInput.shape), value('b', probeInput.shape)],
    outputs: [value('y', probeInput.shape)],
  });
