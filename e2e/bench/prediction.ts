import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobPage } from '../../shared/contract/jobs.ts';
import { repository } from '../switchyard.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, type Measure } from './measure.ts';
import type { Part } from './part.ts';
import { predictionFigures, type TracedRun } from './prediction-figures.ts';
import { interleaved, makeWork } from './prediction-work.ts';

const count = 3200;
/** While everything is run for the first times. */
const notCounted = 200;
const traceFile = join(repository, 'test-results', 'prediction-trace.json');
/** As of the generated trace of the traces part. */
const goalLoad = 0.85;
const pageSize = 500;

/** How well run times are predicted, each before its run. */
export const predictionPart: Part = {
  name: 'prediction',
  about: `${count} runs of models, applications and commands with different amounts of work, in an order by a seed, each predicted when it starts, and again once its worker is known if that is not the one expected; the first ${notCounted} are not counted. Beside them the median of all runs of the same work, which nobody can know before. The trace is written to test-results/prediction-trace.json`,
  async run({ say, lifetime }) {
    const core = await startBenchCore(lifetime);
    const work = await makeWork(join(core.workFolder, 'work'));
    await core.submitAll(interleaved(work, count));
    await core.succeeded(count);
    const trace = await traceOf(core);
    await mkdir(join(repository, 'test-results'), { recursive: true });
    await writeFile(traceFile, JSON.stringify({ notCounted, runs: trace }));
    say(`${work.length} kinds of work`);
    return figuresOf(trace, notCounted, say);
  },
};

/** The same figures from the stored trace alone, by whoever doubts them. */
export const predictionTracePart: Part = {
  name: 'prediction-trace',
  about: 'the figures of the prediction part taken again from test-results/prediction-trace.json, which its latest run has left',
  async run({ say }) {
    const text = await readFile(traceFile, 'utf8').catch(() => undefined);
    if (text === undefined) return [{ name: 'stored trace', skipped: 'There is none: run the prediction part first.' }];
    const stored = JSON.parse(text) as { notCounted: number; runs: TracedRun[] }; // written above
    return figuresOf(stored.runs, stored.notCounted, say);
  },
};

const figuresOf = (trace: readonly TracedRun[], uncounted: number, say: (text: string) => void): Measure[] => {
  const { runs, unpredicted, mape, medianMape, p90Coverage, waits } = predictionFigures(trace, uncounted);
  say(`${runs} runs, of which the first ${uncounted} do not count; ${unpredicted} of the others were not predicted`);
  return [
    measure('mean error of predictions (MAPE)', 'part', [mape]),
    measure('mean error of the median of all runs', 'part', [medianMape]),
    measure('predictions over that median', 'ratio', [mape / medianMape], { atMost: 1.2 }),
    measure('runs within their P90', 'part', [p90Coverage]),
    measure('distance of that from 0.90', 'part', [Math.abs(p90Coverage - 0.9)], { atMost: 0.03 }),
    ...waits.flatMap(({ load, predicted, medians, unordered }) => [
      measure(
        `mean wait at load ${load}, shortest first by predictions over by true times`,
        'ratio',
        [predicted],
        load === goalLoad ? { atMost: 1.05 } : undefined,
      ),
      measure('the same by the median of all runs', 'ratio', [medians]),
      measure('the same in the order of arrival', 'ratio', [unordered]),
    ]),
  ];
};

/** All runs in the order in which they ended. */
const traceOf = async ({ rest }: BenchCore): Promise<TracedRun[]> => {
  const rows: JobPage['rows'] = [];
  for (let offset = 0; offset < count; offset += pageSize) {
    const page = await rest.ask<JobPage>('GET', `/jobs?filter=succeeded&limit=${pageSize}&offset=${offset}`);
    rows.push(...page.rows);
  }
  return rows.toReversed().flatMap(({ name, state }) => {
    if (state.kind !== 'succeeded' || state.startedAt === undefined) return [];
    const { warm, startUpSeconds, queuedSeconds = 0 } = state.ranOn ?? {};
    // The clock counts in milliseconds. Waiting for the worker of another job is not part of the work.
    const seconds = Math.max(1, state.endedAt - state.startedAt - 1000 * queuedSeconds) / 1000;
    // In a worker that has to be started it is other work: the median that nobody can know is to know that too.
    const work = warm === undefined ? name : `${name}, ${warm ? 'warm' : 'cold'}`;
    const predicted = state.predicted && { ...state.predicted, assumedWarm: state.predicted.warm };
    return [{ work, seconds, ...predicted, ...(startUpSeconds !== undefined && { tookStartUpSeconds: startUpSeconds }) }];
  });
};
