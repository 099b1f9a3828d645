import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createOnnxWorker, type OnnxWorker } from '../../electron/core/infrastructure/backends/onnx/onnx-worker.ts';
import { bytesSource } from '../../electron/core/infrastructure/backends/onnx/tensors/byte-source.ts';
import { openNpy } from '../../electron/core/infrastructure/backends/onnx/tensors/npy.ts';
import { createSpawnWorker } from '../../electron/headless/spawn-worker.ts';
import { sentenceOf } from '../../shared/words/reasons.ts';
import { openPlain, type PlainRun } from './plain-runtime.ts';
import { isSameTensor, readTensorProto, type PlainTensor } from './tensor-proto.ts';

/*
 * Every operator test of ONNX, through a worker of ours and through onnxruntime-node alone in this process. Switchyard must be
 * right wherever the runtime alone is right; where it is not, the report says why.
 */

const folder = '/usr/share/libonnx-testdata/data/node';
const reportFile = resolve(import.meta.dirname, '../../test-results/operators.json');

type Verdict =
  | { kind: 'right' }
  /** Inputs or outputs that no tensor file holds. */
  | { kind: 'beyond-tensors' }
  /** Bernoulli without a seed: two runs differ, and either may be right by chance. */
  | { kind: 'random' }
  | { kind: 'wrong'; why: string };

interface Case {
  readonly name: string;
  readonly model: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const readCase = (name: string): Case => {
  const data = join(folder, name, 'test_data_set_0');
  const files = (prefix: string): string[] =>
    readdirSync(data)
      .filter((file) => file.startsWith(prefix))
      .sort((one, other) => numberIn(one) - numberIn(other))
      .map((file) => join(data, file));
  return { name, model: join(folder, name, 'model.onnx'), inputs: files('input_'), outputs: files('output_') };
};

const numberIn = (file: string): number => Number(/\d+/.exec(file)?.[0]);

const judge = (given: readonly PlainTensor[], wanted: readonly PlainTensor[]): Verdict => {
  const wrong = wanted.findIndex((tensor, index) => !isSameTensor(given[index] ?? { type: 'none', dims: [], data: [] }, tensor));
  return wrong === -1 && given.length === wanted.length ? { kind: 'right' } : { kind: 'wrong', why: `output ${wrong} differs` };
};

const wrong = (error: unknown): Verdict => ({ kind: 'wrong', why: (error instanceof Error ? error.message : String(error)).slice(0, 200) });

const randomCases = /^test_bernoulli(_double)?(_expanded)?$/;

const runPlain = async (one: Case, plain: PlainRun): Promise<Verdict> => {
  const isTensors = [...plain.inputs, ...plain.outputs].every((value) => value.isTensor);
  if (randomCases.test(one.name)) return { kind: 'random' };
  if (!isTensors) return { kind: 'beyond-tensors' };
  return judge(
    await plain.run(one.inputs),
    one.outputs.map((file) => readTensorProto(readFileSync(file))),
  );
};

const plainVerdict = async (one: Case): Promise<{ verdict: Verdict; inputNames: string[] }> => {
  try {
    const plain = await openPlain(one.model);
    const inputNames = plain.inputs.map((input) => input.name);
    const verdict = await runPlain(one, plain).catch(wrong);
    await plain.close();
    return { verdict, inputNames };
  } catch (error) {
    return { verdict: wrong(error), inputNames: [] };
  }
};

const ourVerdict = async (
  one: Case,
  inputNames: readonly string[],
  worker: OnnxWorker,
  job: number,
  outputFolder: string,
): Promise<Verdict> => {
  const model = { name: one.name, path: one.model, identity: '' };
  const inputs = one.inputs.map((path, index) => ({ name: inputNames[index] ?? `input ${index}`, file: { name: basename(path), path } }));
  const answer = await worker.ask({ kind: 'run-model', job, model, provider: 'cpu', inputs, outputFolder }, () => undefined);
  if (answer.kind === 'failed') return { kind: 'wrong', why: sentenceOf(answer.reason, 'en') };
  if (answer.kind !== 'ran' || answer.result.kind !== 'tensors') return { kind: 'wrong', why: answer.kind };
  const given = answer.result.outputs.map(({ dtype, shape, file }): PlainTensor => {
    const artifact = answer.artifacts.find((candidate) => candidate.name === file);
    if (!artifact) throw new Error(`no artifact ${file}`);
    const bytes = 'bytes' in artifact ? artifact.bytes : readFileSync(join(outputFolder, artifact.file));
    const opened = openNpy(bytesSource(file, bytes));
    expect({ type: opened.type, shape: opened.shape }).toEqual({ type: dtype, shape });
    return { type: opened.type, dims: opened.shape, data: opened.load() };
  });
  return judge(
    given,
    one.outputs.map((file) => readTensorProto(readFileSync(file))),
  );
};

interface Finding {
  readonly name: string;
  readonly plain: Verdict;
  readonly ours: Verdict;
}

const runAll = async (): Promise<Finding[]> => {
  const outputRoot = mkdtempSync(join(tmpdir(), 'operators-'));
  const entry = resolve(import.meta.dirname, '../../electron/worker.ts');
  const process = await createSpawnWorker(entry)({ environment: {}, wrapper: [], logFile: join(outputRoot, 'worker.log') });
  try {
    const worker = await createOnnxWorker(process);
    const findings: Finding[] = [];
    for (const [index, name] of readdirSync(folder).sort().entries()) {
      const one = readCase(name);
      const { verdict, inputNames } = await plainVerdict(one);
      findings.push({ name, plain: verdict, ours: await ourVerdict(one, inputNames, worker, index + 1, join(outputRoot, String(index))) });
    }
    return findings;
  } finally {
    process.kill();
    await process.exited;
    rmSync(outputRoot, { recursive: true });
  }
};

const isInstalled = existsSync(folder);

describe.skipIf(!isInstalled)(
  isInstalled ? 'operators of ONNX' : 'operators of ONNX (the package libonnx-testdata is not installed)',
  () => {
    test('a model run by Switchyard is right wherever onnxruntime-node alone is right', async () => {
      const findings = await runAll();
      const rightAlone = findings.filter(({ plain }) => plain.kind === 'right');
      const rest = findings.filter(({ plain }) => plain.kind !== 'right');
      mkdirSync(join(reportFile, '..'), { recursive: true });
      const counts = {
        folders: findings.length,
        rightAlone: rightAlone.length,
        rightHere: findings.filter(({ ours }) => ours.kind === 'right').length,
        beyondTensors: findings.filter(({ plain }) => plain.kind === 'beyond-tensors').length,
      };
      writeFileSync(reportFile, JSON.stringify({ counts, rest }, null, 1));
      process.stdout.write(`operators: ${JSON.stringify(counts)}; the rest is listed in test-results/operators.json\n`);
      expect(rightAlone.filter(({ ours }) => ours.kind !== 'right')).toEqual([]);
      // The runtime of this version runs so many of the package's cases; fewer would mean that this suite reads them wrongly.
      expect(counts.rightAlone).toBeGreaterThanOrEqual(850);
    });
  },
);
