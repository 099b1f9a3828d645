import type { Operations } from '../../../../../../shared/model/job.ts';
import { flopOf } from './arithmetic.ts';
import { callOf } from './call.ts';
import { isView, operators, takesParts } from './operators.ts';
import type { Graph, GraphNode } from './read-graph.ts';
import { bytesOf, NotKnown, type Value } from './value.ts';

export interface Counted {
  readonly operations: Operations;
  /** What is known of what comes out. */
  readonly outputs: readonly Value[];
}

/**
 * Follows the shapes of a model's inputs through its graph, node by node, and sums up what the nodes compute and move. All or nothing: undefined
 * as soon as one size is not known, be it because it depends on data (a loop, a mask) or because the operator is not one of `operators`. Of a
 * branch the one that is taken counts, where what it depends on is a shape or a small input.
 */
export const countOperations = (graph: Graph, inputs: ReadonlyMap<string, Value>): Counted | undefined => {
  try {
    const { follow, operations } = createCounter();
    return { outputs: follow(graph, new Map(inputs)), operations };
  } catch (error) {
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
};

const createCounter = () => {
  const operations = { flop: 0, bytes: 0 };

  /** `known` is what an outer graph knows; a branch sees it too. */
  const follow = (graph: Graph, known: Map<string, Value>): Value[] => {
    // What is given for a weight stands for it.
    for (const [name, value] of graph.constants) if (!known.has(name)) known.set(name, value);
    for (const node of graph.nodes) {
      const results = node.operator === 'If' ? branch(node, known) : run(node, known);
      for (const [index, name] of node.outputs.entries()) {
        const result = results[index];
        if (name !== '' && result) known.set(name, result);
      }
    }
    return graph.outputs.map((name) => valueIn(known, name));
  };

  const run = (node: GraphNode, known: ReadonlyMap<string, Value>): Value[] => {
    const operator = operators.get(node.operator);
    if (!operator) throw new NotKnown(node.operator);
    const call = callOf(node, (name) => known.get(name));
    const results = operator(call);
    operations.flop += flopOf(call, results);
    if (isView(node.operator)) return results;
    const [whole, ...others] = node.inputs.flatMap((name) => (name === '' ? [] : valueIn(known, name)));
    const written = results.slice(0, node.outputs.length);
    const read = [...(takesParts(node.operator) ? written : whole ? [whole] : []), ...others];
    operations.bytes += [...read, ...written].reduce((sum, value) => sum + bytesOf(value), 0);
    return results;
  };

  const branch = (node: GraphNode, known: ReadonlyMap<string, Value>): Value[] => {
    const [condition = Number.NaN] = callOf(node, (name) => known.get(name)).numbers(0);
    if (Number.isNaN(condition)) throw new NotKnown('a condition');
    const taken = node.attributes.get(condition === 0 ? 'else_branch' : 'then_branch')?.graph;
    if (!taken) throw new NotKnown('a branch');
    return follow(taken, new Map(known));
  };

  return { operations, follow };
};

const valueIn = (known: ReadonlyMap<string, Value>, name: string): Value => {
  const value = known.get(name);
  if (!value) throw new NotKnown(name);
  return value;
};
