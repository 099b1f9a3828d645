import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { formatNpy } from '../../electron/core/infrastructure/backends/onnx/tensors/npy.ts';
import { ownCore } from '../own-core.ts';
import { repository } from '../switchyard.ts';

/* One job over two shares of this machine's processor, with real workers. */

const core = ownCore();
const canBind = process.platform === 'linux' && availableParallelism() > 1;
const samples = join(repository, 'resources', 'samples');

const cores = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';

const share = async (...words: string[]): Promise<void> => {
  expect(await core.run('devices', 'split', 'cpu', ...words)).toMatchObject({ code: 0 });
};

/** The same sample again and again, under names that tell the copies apart. */
const copies = (sample: string, count: number): string[] => {
  const folder = join(core.workFolder, 'copies');
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `${index}-${sample}`);
    copyFileSync(join(samples, sample), path);
    return path;
  });
};

const partsOf = ({ state }: JobDetail) => ('ranOn' in state ? (state.ranOn?.parts ?? []) : []);
const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

test.runIf(canBind)(
  'files divided over two shares give byte for byte what one worker gives, and the proof says who did how many',
  async () => {
    await share('--cores', cores, '--name', 'left');
    await share('--cores', String(Number(cores) + 1), '--name', 'right');
    const sounds = copies('announcement.wav', 12);
    const run = async (name: string, ...words: string[]) => {
      const folder = join(core.workFolder, name);
      const { code, stdout, stderr } = await core.run('app', 'vad', ...sounds, '--output', folder, '--json', ...words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
      const { id, result } = JSON.parse(stdout) as { id: number; result: unknown };
      const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).toString('base64')]);
      return { result, files, job: await core.rest.ask<JobDetail>('GET', `/jobs/${id}`) };
    };
    const whole = await run('whole');
    const divided = await run('divided', '--split', '--over', 'left,right');
    expect(divided.result).toEqual(whole.result);
    expect(divided.files).toEqual(whole.files);
    const parts = partsOf(divided.job);
    expect(parts.map(({ device }) => device)).toEqual(['left', 'right']);
    expect(total(parts.map(({ items }) => items))).toBe(12);
    expect(partsOf(whole.job)).toEqual([]);
  },
);

test.runIf(canBind)('rows of a tensor divided by every scheme make the tensor that the undivided job makes', async () => {
  const rows = 500;
  const values = Float32Array.from({ length: rows * 13 }, (_, index) => Math.sin(index));
  const input = core.write('rows.npy', Buffer.concat(formatNpy({ type: 'float32', shape: [rows, 13], data: values })));
  const model = join(repository, 'resources', 'models', 'wine_mlp.onnx');
  const run = async (...words: string[]): Promise<Buffer[]> => {
    const folder = join(core.workFolder, words.join('-') || 'undivided');
    const { code, stderr } = await core.run('run', model, '--input', `x=${input}`, '--output', folder, ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    return readdirSync(folder).map((file) => readFileSync(join(folder, file)));
  };
  const whole = await run();
  for (const scheme of ['static', 'self', 'guided', 'adaptive']) expect(await run('--split', scheme)).toEqual(whole);
});

test.runIf(canBind)('a worker that is killed half-way costs nothing but time: every item is there once, in order', async () => {
  const pictures = copies('notice.png', 16);
  const { ids } = await core.rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [
      {
        runtime: 'application',
        application: 'ocr',
        files: pictures.map((path) => ({ path })),
        split: { over: ['left', 'right'], scheme: 'self' },
      },
    ],
  });
  const id = ids[0]!;
  const look = () => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);
  for (let job = await look(); (job.progress?.done ?? 0) < 4; job = await look()) {
    expect(job.state.kind).toMatch(/pending|starting|running/);
  }
  const workers = join(core.dataFolder, 'run', 'workers');
  const pids = readdirSync(workers).map((name) => Number(readFileSync(join(workers, name), 'utf8').split(' ')[0]));
  process.kill(Math.max(...pids), 'SIGKILL');
  const job = await core.rest.ask<JobDetail>('GET', `/jobs/${id}/wait`);
  expect(job.state.kind).toBe('succeeded');
  const names = job.result?.kind === 'text' ? job.result.items.map(({ file }) => file) : [];
  expect(names).toEqual(pictures.map((path) => path.slice(path.lastIndexOf('/') + 1)));
  expect(total(partsOf(job).map(({ items }) => items))).toBe(16);
});
