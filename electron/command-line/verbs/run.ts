import { join } from 'node:path';
import type { JobDetail } from '../../../shared/model/job.ts';
import type { Core } from '../core-client.ts';
import { wrongUsage } from '../failure.ts';
import { jobFlags, splitFlags } from '../flags.ts';
import { readJobOptions, readSplit } from '../job-options.ts';
import { readableFile, writableFolder } from '../local-file.ts';
import { sayHowItRan } from '../say-how-it-ran.ts';
import { safeParts, saveArtifact } from '../save-artifact.ts';
import type { Session, Verb } from '../session.ts';
import { runJob } from '../submit-job.ts';
import { formatTable } from '../table.ts';

export const run: Verb = {
  name: 'run',
  usage: 'MODEL --input NAME=FILE… --output DIR [--split [SCHEME]] [--over ID,ID…]',
  summary: 'verb-run',
  flags: [...jobFlags, ...splitFlags, 'input', 'output'],
  examples: [
    'switchyard run model.onnx --input image=cat.npy --output results',
    'switchyard run model.onnx --input a=a.json --input b=b.pb --output results --json',
    'switchyard run model.onnx --input x=million-rows.npy --output results --split',
  ],
  run: async (session) => {
    const { words, output } = session;
    const [model, ...more] = words.operands;
    if (model === undefined) throw wrongUsage('model-missing');
    const folder = words.value('output');
    if (folder === undefined) throw wrongUsage('output-missing');
    // `--input a=1.npy b=2.npy` names two inputs: what follows the model can be nothing else.
    const inputs = [...words.values('input'), ...more].map(readInput);
    const request = {
      runtime: 'onnx' as const,
      ...readJobOptions(words),
      ...readSplit(words),
      model: { path: readableFile(model) },
      inputs,
    };
    const target = writableFolder(folder);
    const core = await session.core();
    const job = await runJob(session, core, request);
    const outputs = await saveOutputs(core, job, target);
    if (output.isJson) output.printJson({ outputs, ranOn: 'ranOn' in job.state ? job.state.ranOn : undefined });
    else showOutputs(session, outputs);
    sayHowItRan(session, job);
    return 0;
  },
};

const readInput = (text: string): { name: string; file: { path: string } } => {
  // A name may hold '=' no more than a path may not: the first one parts them.
  const cut = text.indexOf('=');
  if (cut < 1 || cut === text.length - 1) throw wrongUsage('input-wrong', { text });
  return { name: text.slice(0, cut), file: { path: readableFile(text.slice(cut + 1)) } };
};

interface SavedOutput {
  name: string;
  file: string;
  dtype: string;
  shape: number[];
}

const saveOutputs = async (core: Core, { result, artifacts }: JobDetail, folder: string): Promise<SavedOutput[]> => {
  if (result?.kind !== 'tensors') throw new Error('an ONNX job ended without tensors');
  const saved: SavedOutput[] = [];
  for (const { name, file, dtype, shape } of result.outputs) {
    const artifact = artifacts.find((one) => one.name === file);
    if (!artifact) throw new Error(`the output ${name} has no artifact ${file}`);
    await saveArtifact(core, artifact, folder);
    saved.push({ name, file: join(folder, ...safeParts(file)), dtype, shape });
  }
  return saved;
};

const showOutputs = ({ output, text }: Session, outputs: readonly SavedOutput[]): void => {
  const columns = [
    { title: text('column-output'), cell: ({ name }: SavedOutput) => name },
    { title: text('column-type'), cell: ({ dtype }: SavedOutput) => dtype },
    { title: text('column-shape'), cell: ({ shape }: SavedOutput) => `[${shape.join(', ')}]` },
    { title: text('column-file'), cell: ({ file }: SavedOutput) => file },
  ];
  // A path that is cut off is of no use, so the table may be wider than the terminal.
  for (const line of formatTable(columns, outputs, undefined, output.style.dim)) output.print(line);
};
