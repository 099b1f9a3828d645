import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listArchive } from '../tools/electron-archive.ts';
import { makeStandInElectronDist } from '../tools/stand-in-electron-dist.ts';

/* A package made with a stand-in for Electron's own files: it shows what is packed and where, not that the window opens. */

const root = resolve(import.meta.dirname, '../..');
const node = join(root, 'node_modules/node/bin/node');

interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
}

const run = (program: string, args: readonly string[], cwd = root): Promise<Ended> =>
  new Promise((done, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (part: Buffer) => (output += part.toString('utf8')));
    child.stderr.on('data', (part: Buffer) => (output += part.toString('utf8')));
    child.once('error', reject);
    child.once('exit', (exitCode) => done({ exitCode, output }));
  });

let folder: string;
let resources: string;
let packed: string[];
let beside: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-package-'));
  const dist = join(folder, 'electron');
  await makeStandInElectronDist(dist, root);
  const options = ['--linux', '--x64', '--dir', `-c.electronDist=${dist}`, `-c.directories.output=${join(folder, 'package')}`];
  const built = await run(node, [join(root, 'node_modules/electron-builder/cli.js'), ...options]);
  if (built.exitCode !== 0) throw new Error(built.output);
  resources = join(folder, 'package/linux-unpacked/resources');
  ({ packed } = listArchive(await readFile(join(resources, 'app.asar'))));
  const files = await readdir(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true });
  beside = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(join(resources, 'app.asar.unpacked/').length));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a package for Linux on x64', () => {
  test('the preload and the manifest lie in the archive', () => {
    expect(packed).toEqual(expect.arrayContaining(['package.json', 'out/preload/preload.cjs']));
  });

  test('the page and every entry of the core lie beside the archive, where plain Node can read them', () => {
    const shells = ['main', 'headless', 'cli'];
    const processes = ['worker', 'launcher', 'sampler'];
    const threads = ['journal-thread', 'reader-thread', 'metrics-thread', 'foresight-thread', 'nvml-thread'];
    const entries = [...shells, ...processes, ...threads].map((name) => `out/main/${name}.js`);
    // Neither one that is missing from the package, nor one that is missing from this list.
    expect(beside.filter((path) => /^out\/main\/[^/]+$/.test(path)).sort()).toEqual(entries.sort());
    expect(beside).toContain('out/renderer/index.html');
    expect(packed.filter((path) => path.startsWith('out/main/'))).toEqual([]);
  });

  test('the native parts lie beside the archive, and none of another system or processor is packed', () => {
    const natives = [...packed, ...beside].filter((path) => /\.(node|dll|dylib|so(\.\d+)*)$/.test(path));
    expect(natives.filter((path) => packed.includes(path))).toEqual([]);
    expect(natives.some((path) => path.startsWith('node_modules/onnxruntime-node/bin/napi-v6/linux/x64/'))).toBe(true);
    expect(natives.some((path) => path.startsWith('node_modules/@img/sharp-linux-x64/'))).toBe(true);
    expect(natives.some((path) => path.startsWith('node_modules/@koromix/koffi-linux-x64/'))).toBe(true);
    expect(natives.filter((path) => /darwin|win32|arm64|\.dll$|\.dylib$/.test(path))).toEqual([]);
  });

  test('no source, no test and nothing that only builds is packed', () => {
    const all = [...packed, ...beside];
    const strangers =
      /^(electron|shared|renderer|e2e|out\/(?!main|preload|renderer))\/|^node_modules\/(electron|electron-builder|vite|vitest|typescript|react|playwright)\//;
    expect(all.filter((path) => strangers.test(path))).toEqual([]);
  });

  test('models with their licences, samples and icons lie where the shell looks for them', () => {
    const wanted = ['models/digits_cnn.onnx', 'models/gathered/ocr/LICENSE.txt', 'samples/digit.png', 'icons/icon.png', 'icons/tray.png'];
    expect(wanted.filter((path) => !existsSync(join(resources, path)))).toEqual([]);
  });

  test('the launcher and the sampler reach the C library and the drivers: what they call them by loads beside the archive', async () => {
    // The launcher would start programs without it too, only slower, so that no job would tell.
    const program = `
      const { default: koffi } = await import('koffi');
      const called = koffi.load(null).func('int getpid()')();
      console.log(import.meta.resolve('koffi').startsWith(process.argv[1]), called === process.pid);`;
    const unpacked = join(resources, 'app.asar.unpacked');
    const address = `${pathToFileURL(unpacked).href}/node_modules/koffi/`;
    const ended = await run(node, ['--input-type=module', '-e', program, address], join(unpacked, 'out/main'));
    expect(ended).toEqual({ exitCode: 0, output: 'true true\n' });
  });

  test('what lies beside the archive is whole: a core started from it runs a job', async () => {
    const cli = join(resources, 'app.asar.unpacked/out/main/cli.js');
    const data = ['--data', join(folder, 'data')];
    try {
      const job = await run(node, [cli, 'add', ...data, '--wait', '--', 'sh', '-c', 'exit 7'], folder);
      expect(job).toEqual({ exitCode: 7, output: expect.stringMatching(/^1\n/) });
    } finally {
      await run(node, [cli, 'shutdown', ...data], folder);
    }
  });
});
