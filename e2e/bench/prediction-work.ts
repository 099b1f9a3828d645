import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRequest } from '../../shared/model/job.ts';
import { repository } from '../switchyard.ts';
import { seeded } from '../tools/seeded.ts';
import { makePieces } from './batch-inputs.ts';
import { wineValues } from './jobs.ts';

const seed = 20_261_122;
const resources = join(repository, 'resources');

/**
 * Different kinds of work, each under a name of its own: models and an application with different amounts of input, commands that do
 * different amounts.
 * More models than stay warm on two cores, so that some runs have to load theirs first; few enough that not all do.
 */
export const makeWork = async (folder: string): Promise<JobRequest[]> => {
  await mkdir(folder, { recursive: true });
  return [...(await models(folder)), ...(await applications(folder)), ...(await commands(folder))];
};

/** So many of them, each about as often as the others, in an order by the seed. */
export const interleaved = (work: readonly JobRequest[], count: number): JobRequest[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => ({ job: work[index % work.length], place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .flatMap(({ job }) => job ?? []);
};

const models = async (folder: string): Promise<JobRequest[]> => {
  const random = seeded(seed);
  const numbers = (count: number): number[] => Array.from({ length: count }, () => Number(random().toFixed(4)));
  const picture = (): number[][][] => [Array.from({ length: 8 }, () => numbers(8))];
  const kinds = [
    { model: 'wine_mlp.onnx', input: 'x', row: (): unknown => wineValues, batches: [1, 200, 2000, 10_000] },
    { model: 'digits_cnn.onnx', input: 'image', row: (): unknown => picture(), batches: [1, 100, 500, 1500] },
  ];
  const made: JobRequest[] = [];
  for (const { model, input, row, batches } of kinds) {
    for (const batch of batches) {
      const path = join(folder, `${model}-${batch}.json`);
      await writeFile(path, JSON.stringify(Array.from({ length: batch }, () => row())));
      made.push({
        runtime: 'onnx',
        name: `${model} × ${batch}`,
        model: { path: join(resources, 'models', model) },
        inputs: [{ name: input, file: { path } }],
      });
    }
  }
  return made;
};

const applications = async (folder: string): Promise<JobRequest[]> => {
  const files = await makePieces(join(folder, 'pieces'), 2);
  return [1, 2].map((count) => ({
    runtime: 'application',
    name: `vad × ${count}`,
    application: 'vad',
    files: files.slice(0, count).map((path) => ({ path })),
  }));
};

const commands = async (folder: string): Promise<JobRequest[]> => {
  const count = join(folder, 'count.sh');
  await writeFile(count, 'i=0; while [ $i -lt "$1" ]; do i=$((i+1)); done\n');
  const random = seeded(seed);
  const text = join(folder, 'text');
  await writeFile(text, Array.from({ length: 60_000 }, () => random()).join('\n'));
  const made = [
    ...[500, 5000, 20_000, 50_000].map((turns) => ['sh', count, String(turns)]),
    ...[1, 6, 9].map((level) => ['gzip', `-${level}`, '-c', text]),
    ['sort', '-n', text],
    ['true'],
  ];
  return made.map((command) => ({ runtime: 'command', name: command.join(' ').replaceAll(`${folder}/`, ''), command, folder }));
};
