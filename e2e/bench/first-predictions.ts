import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatNpy } from '../../electron/core/infrastructure/backends/onnx/tensors/npy.ts';
import type { DeviceCapability } from '../../shared/model/device.ts';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import { repository } from '../switchyard.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, type Measure } from './measure.ts';
import type { Part } from './part.ts';
import { median } from './statistics.ts';

const models = join(repository, 'resources', 'models');
const runs = 9;

interface Subject {
  readonly name: string;
  readonly file: string;
  /** Shapes of 32 bit floats, filled with halves. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** One whole number of 64 bits. */
  readonly number?: Readonly<Record<string, bigint>>;
}

/** In an order in which small and large ones alternate, because each corrects those after it. */
const subjects: readonly Subject[] = [
  { name: 'wine × 1', file: 'wine_mlp.onnx', inputs: { x: [1, 13] } },
  { name: 'OCR recognition, 320 wide', file: 'gathered/ocr/ch_PP-OCRv4_rec_infer.onnx', inputs: { x: [1, 3, 48, 320] } },
  { name: 'tumour × 1', file: 'breast_cancer_mlp.onnx', inputs: { x: [1, 30] } },
  { name: 'OCR detection, 640 × 640', file: 'gathered/ocr/ch_PP-OCRv4_det_infer.onnx', inputs: { x: [1, 3, 640, 640] } },
  { name: 'digits × 500', file: 'digits_cnn.onnx', inputs: { image: [500, 1, 8, 8] } },
  { name: 'OCR orientation', file: 'gathered/ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx', inputs: { x: [1, 3, 48, 192] } },
  { name: 'spam × 1000', file: 'spam_hash_lr.onnx', inputs: { x: [1000, 4096] } },
  {
    name: 'speech, one window',
    file: 'gathered/vad/silero_vad_v6.onnx',
    inputs: { input: [1, 576], state: [2, 1, 128] },
    number: { sr: 16_000n },
  },
];

/** How far the prediction of a model that has never run is from what its first and its later runs take. */
export const firstPredictionsPart: Part = {
  name: 'first-predictions',
  about: `the prediction for the first run of each of ${subjects.length} models, from what it computes and the measured speed of the processor, over what that run took; and without the start of its worker over the median of ${runs - 1} warm runs. Another model has run before, which shows what starting a worker takes`,
  async run({ say, lifetime }) {
    const core = await startBenchCore(lifetime);
    const { gflops, gbPerSecond, threads = 1 } = await core.rest.ask<DeviceCapability>('POST', '/devices/cpu/measure');
    say(`the processor: ${gflops.toFixed(1)} GFLOP/s and ${gbPerSecond.toFixed(1)} GB/s with ${threads} threads`);
    const folder = join(core.workFolder, 'first');
    await mkdir(folder);
    const other = join(folder, 'other.onnx');
    await copyFile(join(models, 'wine_mlp.onnx'), other);
    await ended(core, await jobOf({ name: 'other', file: other, inputs: { x: [1, 13] } }, folder));
    const figures: Measure[] = [];
    for (const subject of subjects) figures.push(...(await compare(core, await jobOf(subject, folder), say)));
    return figures;
  },
};

const compare = async (core: BenchCore, job: JobRequest, say: (text: string) => void): Promise<Measure[]> => {
  const taken: JobDetail[] = [];
  for (let count = 0; count < runs; count += 1) taken.push(await ended(core, job));
  const [first, ...later] = taken;
  const predicted = first?.prediction;
  const name = job.name ?? '';
  if (!first || predicted?.from !== 'roofline') throw new Error(`the first run of ${name} was not predicted by what it computes`);
  const work = predicted.p50Seconds - (predicted.startUpSeconds ?? 0);
  const warm = median(later.map(secondsOf));
  const inMs = (seconds: number): string => `${(1000 * seconds).toFixed(1)} ms`;
  say(
    `${name}: ${((predicted.roofline?.flop ?? 0) / 1e9).toPrecision(3)} GFLOP, ${((predicted.roofline?.bytes ?? 0) / 1e6).toPrecision(3)} MB; ` +
      `predicted ${inMs(predicted.p50Seconds)} (P90 ${inMs(predicted.p90Seconds)}), took ${inMs(secondsOf(first))}; its work ${inMs(work)}, took ${inMs(warm)} warm`,
  );
  return [
    measure(`${name}: first prediction over first run`, 'ratio', [predicted.p50Seconds / secondsOf(first)]),
    measure(`${name}: first prediction without start-up over the median of warm runs`, 'ratio', [work / warm]),
  ];
};

const ended = async (core: BenchCore, job: JobRequest): Promise<JobDetail> => {
  const [id = 0] = await core.submit([job]);
  const { state } = await core.wait(id);
  if (state.kind !== 'succeeded') throw new Error(`job ${id} ended as ${state.kind}`);
  return core.rest.ask<JobDetail>('GET', `/jobs/${id}`);
};

/** The clock counts in milliseconds. */
const secondsOf = ({ state }: JobDetail): number =>
  'endedAt' in state && state.startedAt !== undefined ? Math.max(1, state.endedAt - state.startedAt) / 1000 : Number.NaN;

const jobOf = async ({ name, file, inputs, number = {} }: Subject, folder: string): Promise<JobRequest> => {
  const tensors = [
    ...Object.entries(inputs).map(([input, shape]) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5);
      return { input, tensor: { type: 'float32' as const, shape, data } };
    }),
    ...Object.entries(number).map(([input, value]) => {
      return { input, tensor: { type: 'int64' as const, shape: [], data: BigInt64Array.of(value) } };
    }),
  ];
  const files = await Promise.all(
    tensors.map(async ({ input, tensor }) => {
      const path = join(folder, `${name.replaceAll(/\W/g, '-')}-${input}.npy`);
      await writeFile(path, Buffer.concat(formatNpy(tensor)));
      return { name: input, file: { path } };
    }),
  );
  return { runtime: 'onnx', name, model: { path: resolve(models, file) }, inputs: files };
};
