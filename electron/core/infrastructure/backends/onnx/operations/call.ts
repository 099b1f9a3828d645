import type { GraphNode } from './read-graph.ts';
import { NotKnown, type Value } from './value.ts';

/** One node with what is known of what goes into it. */
export interface Call {
  readonly node: GraphNode;
  /** Throws NotKnown where nothing is known of it. */
  input(index: number): Value;
  optional(index: number): Value | undefined;
  has(index: number): boolean;
  /** The numbers themselves of a small input. */
  numbers(index: number): readonly number[];
  number(name: string, otherwise: number): number;
  list(name: string): readonly number[] | undefined;
  /** What newer operator sets take as an input and older ones as an attribute; undefined where it is given as neither. */
  given(index: number, name: string): readonly number[] | undefined;
}

export const callOf = (node: GraphNode, known: (name: string) => Value | undefined): Call => {
  const has: Call['has'] = (index) => (node.inputs[index] ?? '') !== '';
  const optional: Call['optional'] = (index) => (has(index) ? known(node.inputs[index] ?? '') : undefined);
  const input: Call['input'] = (index) => {
    const value = optional(index);
    if (!value) throw new NotKnown(`input ${index} of ${node.operator}`);
    return value;
  };
  const numbers: Call['numbers'] = (index) => {
    const { values } = input(index);
    if (!values) throw new NotKnown(`the numbers of input ${index} of ${node.operator}`);
    return values;
  };
  const list: Call['list'] = (name) => node.attributes.get(name)?.numbers;
  return {
    node,
    has,
    optional,
    input,
    numbers,
    list,
    number: (name, otherwise) => node.attributes.get(name)?.number ?? otherwise,
    given: (index, name) => (has(index) ? numbers(index) : list(name)),
  };
};
