import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/*
 * npm run demo: real jobs from one end to the other, through the public command line only, in a data folder of its own.
 * Exits 0 when every job did what it should.
 */

const root = resolve(import.meta.dirname, '../..');
const samples = join(root, 'resources/samples');
const folder = mkdtempSync(join(tmpdir(), 'switchyard-demo-'));
const environment = { ...process.env, SWITCHYARD_DATA: join(folder, 'data') };
const failures: string[] = [];
const interruptedCode = 130;

interface Step {
  readonly title: string;
  readonly words: readonly string[];
}

const main = (): void => {
  show({ title: 'The devices of this machine', words: ['devices'] });

  show({ title: 'Text in a picture', words: ['app', 'ocr', join(samples, 'notice.png')] });
  show({ title: 'Speech in a sound', words: ['app', 'vad', join(samples, 'announcement.wav')] });
  show({ title: 'A handwritten digit', words: ['app', 'digits', join(samples, 'digit.png')] });
  show({ title: 'Two letters: spam or not', words: ['app', 'spam', join(samples, 'prize.eml'), join(samples, 'build.eml')] });
  show({ title: 'Measurements of tumours', words: ['app', 'tumour', join(samples, 'tumours.csv')] });
  show({ title: 'Analyses of wines', words: ['app', 'wine', join(samples, 'wines.csv')] });

  const input = join(folder, 'x.json');
  writeFileSync(input, JSON.stringify([secondLine(join(samples, 'wines.csv'))]));
  const model = join(root, 'resources/models/wine_mlp.onnx');
  show({ title: 'Any ONNX model on its own inputs', words: ['run', model, '--input', `x=${input}`, '--output', join(folder, 'outputs')] });

  showQueue();
  show({ title: 'Everything that was done', words: ['status', '--all'] });
};

/** Two commands in a queue that is stopped, each with the reason why it waits; then their output. */
const showQueue = (): void => {
  call(['pause']);
  const first = call(['add', '--name', 'count', '--', 'sh', '-c', 'for n in 1 2 3; do echo "line $n"; done']).trim();
  const second = call(['add', '--name', 'after it', '--after', first, '--', 'echo', 'the first one has succeeded']).trim();
  show({ title: 'Two commands wait in a paused queue', words: ['status'] });
  call(['resume']);
  call(['wait', first, second]);
  for (const id of [first, second]) {
    show({ title: `What job ${id} printed`, words: ['log', id] });
    show({ title: `How job ${id} went`, words: ['status', id] });
  }
};

/** One command of the demo as a person would type it, with what it prints. */
const show = ({ title, words }: Step): void => {
  process.stdout.write(`\n── ${title}\n$ switchyard ${words.map(quoted).join(' ')}\n`);
  if (run(words, 'inherit').status !== 0) failures.push(title);
};

/** One command that only prepares the next one; answers what it printed. */
const call = (words: readonly string[]): string => {
  const { status, stdout, stderr } = run(words, 'pipe');
  if (status !== 0) {
    process.stdout.write(stderr);
    failures.push(`switchyard ${words.join(' ')}`);
  }
  return stdout;
};

const run = (words: readonly string[], stdout: 'inherit' | 'pipe') => {
  const done = spawnSync(process.execPath, [join(root, 'out/main/cli.js'), ...words], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    // Results and messages in the order they were written, also when both go to one file.
    stdio: ['ignore', stdout, stdout === 'inherit' ? 1 : 'pipe'],
  });
  if (done.status === interruptedCode) throw new Error('interrupted');
  return done;
};

const quoted = (word: string): string => {
  const path = word.startsWith(`${root}/`) ? word.slice(root.length + 1) : word;
  return /^[\w./:=@%+,-]+$/.test(path) ? path : `'${path}'`;
};

const secondLine = (file: string): number[] => (readFileSync(file, 'utf8').split('\n')[1] ?? '').split(',').map(Number);

// The command that runs hears Ctrl-C as well and ends with this code; the demo then still cleans up.
process.on('SIGINT', () => undefined);

try {
  main();
} catch (error) {
  failures.push(error instanceof Error ? error.message : String(error));
} finally {
  run(['shutdown'], 'pipe');
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(failures.length === 0 ? '\nAll jobs did what they should.\n' : `\nFailed: ${failures.join('; ')}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
