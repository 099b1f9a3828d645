import { countFirstRun } from './session-profile.ts';
import { probeInput, probeModel } from './probe-model.ts';
import { providerTypeOf, type ProviderName } from './provider-names.ts';

/** Names of the providers that this build of the runtime can be asked for; whether they work is another question. */
export const listProviders = async (): Promise<string[]> => {
  const { listSupportedBackends } = await import('onnxruntime-node');
  return listSupportedBackends().map(({ name }) => name);
};

/**
 * Opens a tiny model on a provider and runs it. Answers why the provider is of no use, undefined when it is. A provider may also end
 * the process, or never come back: whoever asks does so in a process that can be spared.
 */
export const proveProvider = async (name: ProviderName): Promise<string | undefined> => {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const tensor = (values: readonly number[]) => new Tensor('float32', Float32Array.from(values), probeInput.shape);
  try {
    const options = { executionProviders: [name], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 } as const;
    const { session, nodes } = await countFirstRun((profiling) => InferenceSession.create(probeModel(), { ...options, ...profiling }));
    const { y } = await session.run({ a: tensor(probeInput.a), b: tensor(probeInput.b) });
    await session.release();
    if (String(y?.data) !== String(probeInput.y)) return `It computed ${String(y?.data)} instead of ${String(probeInput.y)}.`;
    return whoElse(
      name,
      nodes()?.map(({ provider }) => provider),
    );
  } catch (error) {
    return problemOf(error);
  }
};

/** The runtime gives what a provider cannot do to the processor, and says nothing. */
const whoElse = (name: ProviderName, ran: readonly string[] | undefined): string | undefined =>
  !ran || ran.includes(providerTypeOf(name)) ? undefined : `It left the work to ${ran.join(', ')}.`;

/** Without the condition of the source that was not met. */
const problemOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^.* was (true|false)\. /s, '');
