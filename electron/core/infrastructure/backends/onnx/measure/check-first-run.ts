import type { NodeCount } from '../providers/node-counts.ts';
import { providerTypeOf, type ProviderName } from '../providers/provider-names.ts';
import { ProviderFailed } from '../sessions.ts';
import type { Benchmark } from './benchmarks.ts';

interface FirstRun {
  readonly size: number;
  readonly provider: ProviderName;
  readonly result: number;
  /** Undefined when it is not known. */
  readonly nodes: readonly NodeCount[] | undefined;
}

/**
 * Throws ProviderFailed when the provider computed something else, or left the steps to the processor. What surrounds the steps, which is
 * less than those, it may leave to it; some providers make one node of several.
 */
export const checkFirstRun = (benchmark: Pick<Benchmark, 'result' | 'steps'>, { size, provider, result, nodes }: FirstRun): void => {
  const wanted = benchmark.result(size);
  if (result !== wanted) throw new ProviderFailed(`It computed ${result} instead of ${wanted}.`);
  if (provider === 'cpu' || !nodes) return;
  const countOf = (name: ProviderName): number => nodes.find((one) => one.provider === providerTypeOf(name))?.count ?? 0;
  if (countOf(provider) === 0 || countOf('cpu') >= benchmark.steps) throw new ProviderFailed('It left the work to the processor.');
};
