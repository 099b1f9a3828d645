/*
 * node e2e/tools/prepare.mjs [--quick] [--no-models] [--no-build] -- COMMAND...
 *
 * Makes a checkout ready and then runs the command with the project's own Node first in PATH: installs the packages when they are
 * missing or do not match package-lock.json, gathers the models, builds when out/ is older than the sources. Plain JavaScript
 * without dependencies, because on a fresh clone nothing but the machine's Node (20 or newer) and npm is there.
 * Everything it says goes to stderr, so that the command's stdout stays clean; the exit code is the command's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const isWindows = process.platform === 'win32';

const main = () => {
  const split = process.argv.indexOf('--');
  const options = process.argv.slice(2, split === -1 ? undefined : split);
  const command = split === -1 ? [] : process.argv.slice(split + 1);
  const environment = withOwnNodeFirst(process.env);

  if (!isInstalled()) runStep('Installing packages (npm ci) …', 'npm', ['ci'], environment);
  if (shouldGather(options)) runStep('', 'node', ['e2e/tools/gather-models.ts'], environment);
  if (!options.includes('--no-build')) runStep('', 'node', ['e2e/tools/ensure-built.ts'], environment);
  if (command.length > 0) runCommand(command, environment);
};

/** Whether every package of package-lock.json that this machine needs is installed in that version. */
const isInstalled = () => {
  if (!existsSync(join(root, 'node_modules', '.bin', isWindows ? 'node.cmd' : 'node'))) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    const installed = present[path];
    // Optional packages are those of other platforms; npm leaves them out.
    if (installed === undefined) return path === '' || optional === true || devOptional === true || peer === true;
    return installed.version === version;
  });
};

const packagesOf = (lockFile) => {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
};

/** Checking the models reads all of them, so a command that must answer at once only looks whether they are there. */
const shouldGather = (options) => {
  if (options.includes('--no-models')) return false;
  return !options.includes('--quick') || !existsSync(join(root, 'resources/models/gathered'));
};

const withOwnNodeFirst = (environment) => {
  // Windows spells it Path; a second variable of another case would be ignored there.
  const key = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const own = join(root, 'node_modules', '.bin');
  const rest = (environment[key] ?? '').split(delimiter).filter((folder) => folder !== own);
  return { ...environment, [key]: [own, ...rest].join(delimiter) };
};

const runStep = (message, program, parameters, env) => {
  if (message) process.stderr.write(`${message}\n`);
  const { status, error } = spawnSync(program, parameters, { cwd: root, env, stdio: ['ignore', 2, 2], shell: isWindows });
  if (status === 0) return;
  process.stderr.write(`${program} ${parameters.join(' ')} failed${error ? `: ${error.message}` : ` with exit code ${status}`}.\n`);
  process.exit(typeof status === 'number' && status > 0 ? status : 1);
};

const runCommand = ([program, ...parameters], env) => {
  const child = spawn(program, parameters, { cwd: root, env, stdio: 'inherit', shell: isWindows });
  // A terminal sends Ctrl-C to both; this process stays until the command has decided what to do about it.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`${program} could not be started: ${error.message}\n`);
    process.exit(127);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
};

main();
