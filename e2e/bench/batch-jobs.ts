import { mkdir, copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import type { JobRequest } from '../../shared/model/job.ts';
import { makeCrops, makePieces } from './batch-inputs.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, ratio } from './measure.ts';
import { seconds, type Part } from './part.ts';
import { startBareLoop } from './run-bare.ts';

const itemCount = 200;
const goal = { atLeast: 0.95 };
/** Workers are started with this; the rival gets the same. */
const workerNice = 5;
const smallJobRounds = 25;

interface Work {
  readonly name: string;
  readonly items: string;
  readonly application: string;
  readonly bareLoop: string;
  makeInputs(folder: string, count: number): Promise<string[]>;
}

const works: readonly Work[] = [
  { name: 'ocr-line', items: 'pictures of one line', application: 'ocr-line', bareLoop: 'ocr-lines.ts', makeInputs: makeCrops },
  { name: 'vad', items: 'sounds of 10 s', application: 'vad', bareLoop: 'vad-pieces.ts', makeInputs: makePieces },
];

/** What a whole job costs beside the same work without us. */
const batchPart = (work: Work): Part => ({
  name: work.name,
  about: `one job of ${itemCount} ${work.items}, from submit to recorded end, beside the same items in a bare onnxruntime-node loop: a plain Node process at nice ${workerNice} that runs the application's own decoding, pre- and post-processing on one thread. Both are warm and run in turn, and each goes first in every other pair`,
  async run({ pairs, say, lifetime }) {
    const core = await startBenchCore(lifetime);
    const folder = join(core.workFolder, 'items');
    const files = await work.makeInputs(folder, itemCount);
    const bare = startBareLoop(lifetime, work.bareLoop, [folder], workerNice);
    const job = jobOf(work, files);
    await runJob(core, job);
    await bare.round();
    const ours: number[] = [];
    const theirs: number[] = [];
    const runOurs = async () => ours.push(itemCount / (await seconds(() => runJob(core, job))));
    const runTheirs = async () => theirs.push(itemCount / (await bare.round()));
    for (let pair = 1; pair <= pairs; pair += 1) {
      for (const run of pair % 2 === 1 ? [runOurs, runTheirs] : [runTheirs, runOurs]) await run();
      say(`pair ${pair} of ${pairs}`);
    }
    return [
      measure('switchyard', 'items/s', ours),
      measure('bare loop', 'items/s', theirs),
      ratio('switchyard of the bare loop', ours, theirs, goal),
      ...(await costOfOne(core, work, files, lifetime)),
    ];
  },
});

export const batchParts: readonly Part[] = works.map(batchPart);

const jobOf = ({ application }: Work, files: readonly string[]): JobRequest => ({
  runtime: 'application',
  application,
  files: files.map((path) => ({ path })),
});

const runJob = async (core: BenchCore, job: JobRequest): Promise<void> => {
  const [id = 0] = await core.submit([job]);
  const { state, sentence } = await core.wait(id);
  if (state.kind !== 'succeeded') throw new Error(`job ${id} ended as ${state.kind}: ${sentence ?? ''}`);
};

/** What a job of one item takes in all, and how much of it is not the item's own time in the bare loop. */
const costOfOne = async (core: BenchCore, work: Work, files: readonly string[], lifetime: Lifetime) => {
  const [first = ''] = files;
  const folder = join(core.workFolder, 'one');
  await mkdir(folder);
  await copyFile(first, join(folder, basename(first)));
  const bare = startBareLoop(lifetime, work.bareLoop, [folder], workerNice);
  const job = jobOf(work, [first]);
  await runJob(core, job);
  await bare.round();
  const whole: number[] = [];
  const cost: number[] = [];
  for (let round = 0; round < smallJobRounds; round += 1) {
    const alone = await bare.round();
    const inJob = await seconds(() => runJob(core, job));
    whole.push(inJob * 1000);
    cost.push((inJob - alone) * 1000);
  }
  return [measure('a job of one item', 'ms', whole), measure('of that, not the item itself', 'ms', cost)];
};
