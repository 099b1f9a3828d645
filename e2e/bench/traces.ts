import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../switchyard.ts';
import { generatedTrace } from './generated-trace.ts';
import { measure } from './measure.ts';
import type { Part } from './part.ts';

const processors = 128;
const load = 0.85;
const seed = 1;
const sizes = [
  { jobs: 10_000, goalSeconds: 2, rounds: 3 },
  { jobs: 1_000_000, goalSeconds: 60, rounds: 1 },
];

/** How fast recorded days are played, by the command that anybody has. */
export const tracePart: Part = {
  name: 'traces',
  about: `switchyard simulate --policy easy on generated traces (seed ${seed}, ${processors} processors, load ${load}, sizes that are powers of two, log-uniform run times), from the start of the command to its answer`,
  async run({ say, lifetime }) {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-traces-'));
    lifetime.add(() => rm(folder, { recursive: true, force: true }));
    const figures = [];
    for (const { jobs, goalSeconds, rounds } of sizes) {
      const path = join(folder, `${jobs}.swf`);
      await writeFile(path, generatedTrace({ jobs, processors, load, seed }));
      const taken: number[] = [];
      const answers: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const start = performance.now();
        answers.push(await simulate(path));
        taken.push((performance.now() - start) / 1000);
      }
      if (new Set(answers).size > 1) throw new Error(`the same trace gave different answers: ${answers.join('\n')}`);
      const { longestQueue, util, meanWait } = JSON.parse(answers[0] ?? '') as { longestQueue: number; util: number; meanWait: number };
      say(`${jobs} jobs: longest queue ${longestQueue}, utilization ${util.toFixed(3)}, mean wait ${Math.round(meanWait)} s`);
      figures.push(
        measure(`${jobs} jobs`, 's', taken, { atMost: goalSeconds }),
        measure(`${jobs} jobs, longest queue`, 'jobs', [longestQueue]),
      );
    }
    return figures;
  },
};

const simulate = async (path: string): Promise<string> => {
  const words = ['simulate', '--trace', path, '--processors', String(processors), '--policy', 'easy', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [join(repository, 'out', 'main', 'cli.js'), ...words]);
  return stdout;
};
