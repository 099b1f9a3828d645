import type { FailReason } from '../../../../../shared/model/reason.ts';

/* The runtime reports everything as text; these functions give the texts that matter their meaning. */

/** Whether the runtime, V8 or the system had no memory left. */
export const isMemoryFailure = (error: unknown): boolean =>
  /failed to allocate memory|bad_alloc|bad allocation|array buffer allocation failed|invalid array buffer length|ENOMEM|cannot allocate memory/i.test(
    messageOf(error),
  );

/** Why a model could not be opened. */
export const modelProblem = (error: unknown, model: { name: string; path: string }): FailReason => {
  const message = messageOf(error);
  const type = /Unsupported data type: (\d+)/.exec(message)?.[1];
  if (type !== undefined) {
    const detail = `Its inputs or outputs hold ${unsupportedTypes[type] ?? `type ${type}`}, which the runtime for Node cannot pass on.`;
    return { code: 'model-unsupported', values: { model: model.name, detail } };
  }
  const detail = asSentence(message.replaceAll(model.path, model.name).replace(/^Load model from .*? failed:\s*/s, ''));
  return { code: unsupportedModel.test(message) ? 'model-unsupported' : 'model-damaged', values: { model: model.name, detail } };
};

/** Numbers of onnx.proto. */
const unsupportedTypes: Readonly<Record<string, string>> = {
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
};

const unsupportedModel =
  /could not find an implementation|not implemented|NOT_IMPLEMENTED|is not a registered (function|op)|no op registered|unsupported model ir version|only \*guarantees\* support|opset|invalid domain|unsupported type/i;

/** Why a run did not succeed. Types and shapes of inputs were checked before. */
export const runProblem = (error: unknown): FailReason => ({ code: 'run-failed', values: { detail: asSentence(messageOf(error)) } });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const longestDetail = 300;

/** One line that ends in a full stop, without the runtime's own source positions. */
export const asSentence = (message: string): string => {
  const line = message
    .replace(/\S*\/onnxruntime\/\S+:\d+\s+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const short = line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
};
