import { basename } from 'node:path';
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
  const outside = /External data path(?: does not exist)?: "([^"]+)"/.exec(message)?.[1];
  if (outside !== undefined) {
    return { code: 'model-in-parts', values: { model: model.name, file: basename(outside), example: `${model.name}.data` } };
  }
  const unknown = unknownPart(message);
  if (unknown !== undefined) return { code: 'model-unsupported', values: { model: model.name, detail: unknown } };
  const detail = asSentence(message.replaceAll(model.path, model.name).replace(/^Load model from .*? failed:\s*/s, ''));
  return { code: unsupportedModel.test(message) ? 'model-unsupported' : 'model-damaged', values: { model: model.name, detail } };
};

/** What the model has and this runtime has not, in place of the runtime's own account of its node. */
const unknownPart = (message: string): string | undefined => {
  const [, type] = /tensor\((\w+)\) is not currently registered/.exec(message) ?? [];
  if (type !== undefined) return `It holds ${type}.`;
  const [, newOpset] = /Opset (\d+) is under development/.exec(message) ?? [];
  if (newOpset !== undefined) return `Its opset ${newOpset} is newer than this runtime.`;
  const [, operator, opset] = /No Op registered for (\S+) with domain_version of (\d+)/i.exec(message) ?? [];
  if (operator !== undefined) return `There is no operator ${operator} in opset ${opset}.`;
  const [, other] = /(\S+?)(?:\(-?\d+\))? is not a registered function\/op/.exec(message) ?? [];
  return other === undefined ? undefined : `There is no operator ${other}.`;
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

/** Of the C++ function that found the fault: `void onnxruntime::Name(const Type &, bool) const`. */
const signature = /(?:\w+ )?(?:onnxruntime::)[\w:~{}<>]+\([^()]*\)(?: const)?:? /g;

/** One line that ends in a full stop, without the runtime's own source positions. */
export const asSentence = (message: string): string => {
  const line = message
    .replace(/\S*\/onnxruntime\/\S+:\d+\s+/g, '')
    .replace(/\s+/g, ' ')
    .replace(
      /Non-zero status code returned while running (\S+) node\. Name:'([^']*)' Status Message: /,
      (_, operator: string, name: string) => (name === '' ? `In its ${operator}: ` : `In its ${operator} (${name}): `),
    )
    .replace(signature, '')
    .trim();
  const short = line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
};
