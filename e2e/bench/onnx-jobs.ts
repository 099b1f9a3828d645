import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBenchCore } from './bench-core.ts';
import { wineJob, wineModel, wineValues } from './jobs.ts';
import { measure } from './measure.ts';
import { seconds, type Part } from './part.ts';
import { startBareLoop } from './run-bare.ts';

const count = 2000;

/** How fast the smallest model jobs go. */
export const onnxPart: Part = {
  name: 'onnx',
  about: `${count} ONNX jobs of one inference each through warm workers, from submit to recorded end; a bare onnxruntime-node loop, which is no queue, for information`,
  async run({ rounds, say, lifetime }) {
    const core = await startBenchCore(lifetime);
    const input = join(core.workFolder, 'x.json');
    await writeFile(input, JSON.stringify([wineValues]));
    const bare = startBareLoop(lifetime, 'wine-loop.ts', [wineModel, input, String(count)]);
    const jobs = Array.from({ length: count }, () => wineJob(input));
    const rate = async (): Promise<number> => {
      const taken = await seconds(async () => {
        await core.submitAll(jobs);
        await core.succeeded(count);
      });
      return count / taken;
    };
    await rate();
    await bare.round();
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      theirs.push(count / (await bare.round()));
      ours.push(await rate());
      say(`round ${round} of ${rounds}`);
    }
    return [measure('switchyard', 'jobs/s', ours, { atLeast: 1000 }), measure('bare loop in one process', 'inferences/s', theirs)];
  },
};
