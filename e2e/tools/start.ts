import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { chooseFace, type Face } from './choose-face.ts';
import { findElectron, hasDisplay } from './find-electron.ts';
import { runProgram } from './run-program.ts';

/*
 * npm start [-- --data DIR]: the window where one can be shown, else the same pages from the headless shell for a browser.
 */
const root = resolve(import.meta.dirname, '../..');
const parameters = process.argv.slice(2);

const start = async (): Promise<number> => {
  const face = look(false);
  if (face.kind === 'window') return openWindow(face.electron);
  if (face.kind === 'download') {
    say("Downloading Electron's program, once …");
    await runProgram('node', ['node_modules/electron/install.js'], root);
    const downloaded = look(true);
    return downloaded.kind === 'window' ? openWindow(downloaded.electron) : servePages(downloaded);
  }
  return servePages(face);
};

const look = (wasTried: boolean): Face =>
  chooseFace({
    hasDisplay: hasDisplay(process.platform, process.env),
    isRoot: process.platform === 'linux' && process.getuid?.() === 0,
    electron: findElectron(root, process.env),
    wasTried,
  });

const openWindow = (electron: string): Promise<number> => runProgram(electron, ['.', ...parameters], root);

/** `serve` prints the address once it answers; then a browser, where there is a display, is sent to it by `open`. */
const servePages = async (face: Face): Promise<number> => {
  if (face.kind === 'pages') say(face.sentence);
  const commandLine = join(root, 'out/main/cli.js');
  const { promise, resolve: settle } = Promise.withResolvers<number>();
  const child = spawn('node', [commandLine, 'serve', ...parameters], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  // Ctrl-C reaches the core too, which decides how to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.stdout.pipe(process.stdout);
  child.stdout.once('data', () => {
    if (hasDisplay(process.platform, process.env)) void runProgram('node', [commandLine, 'open', ...parameters], root);
  });
  child.once('error', () => settle(127));
  child.once('exit', (code) => settle(code ?? 1));
  return promise;
};

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

process.exitCode = await start();
