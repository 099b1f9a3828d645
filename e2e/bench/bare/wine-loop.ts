import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { answerRounds } from './answer-rounds.ts';

/* wine-loop.ts MODEL INPUT COUNT: reads the input file and runs the model, again and again in one process; keeps nothing. */
const [model = '', input = '', count = '0'] = process.argv.slice(2);
const session = await InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });

await answerRounds(async () => {
  for (let index = 0; index < Number(count); index += 1) {
    const [values] = JSON.parse(await readFile(input, 'utf8')) as [number[]]; // the bench wrote it
    await session.run({ x: new Tensor('float32', Float32Array.from(values), [1, values.length]) });
  }
});
