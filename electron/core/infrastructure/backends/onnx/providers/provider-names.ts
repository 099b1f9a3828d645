/*
 * An execution provider has two names: the short one by which a session asks for it, and the one that the runtime gives in its
 * profile. These are all that this runtime for Node can be asked for on any system, those to take first at the beginning: TensorRT
 * builds an engine for minutes before it runs a model, and WebGPU knows the fewest operators.
 */

const typeNames = {
  cpu: 'CPUExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  tensorrt: 'TensorrtExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  dml: 'DmlExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
} as const satisfies Record<string, string>;

export type ProviderName = keyof typeof typeNames;

export const isProviderName = (name: string): name is ProviderName => name in typeNames;

export const providerNames: readonly ProviderName[] = Object.keys(typeNames).filter(isProviderName);

/** What the runtime calls it in profiles. */
export const providerTypeOf = (name: ProviderName): string => typeNames[name];
