import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JobSpec } from '../../../../../shared/model/job.ts';
import type { Outcome, TaskRun } from '../../../ports.ts';
import { conformanceRun, recordingSink } from '../conformance.ts';
import { createCommandBackend } from './command-backend.ts';
import { launcherEntry, testLauncher } from './test-launcher.ts';

const backendModule = new URL('./command-backend.ts', import.meta.url).href;
const launcherModule = new URL('./launcher.ts', import.meta.url).href;
const make = () => createCommandBackend({ launcher: testLauncher, graceMs: 300, followMs: 20 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-recovery-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A run as a program of its own reads it. */
const plain = ({ resolve: _resolve, ...rest }: TaskRun): string => JSON.stringify(rest);

/** Starts one run after another, writing down each intent before, until it is killed. */
const coreProgram = `
import { appendFileSync, readFileSync } from 'node:fs';
import { createCommandBackend } from ${JSON.stringify(backendModule)};
import { createLauncher } from ${JSON.stringify(launcherModule)};
const [runsFile, intentsFile] = process.argv.slice(2);
const backend = createCommandBackend({ launcher: createLauncher(${JSON.stringify(launcherEntry)}) });
const runs = readFileSync(runsFile, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
const next = async () => {
  for (let run = runs.shift(); run; run = runs.shift()) {
    appendFileSync(intentsFile, run.task + '\\n');
    await backend.start(run, { foundWorker() {}, running() {}, progress() {} }, new AbortController().signal);
  }
};
process.stdout.write('begun');
await Promise.all([next(), next(), next()]);
process.stdout.write('done');
`;

describe('a core that is killed while it starts commands', () => {
  // Milliseconds after the first start; some hit a spawn, some a running command, some an end.
  test.each([1, 7, 23, 60, 140])('after %i ms: each command runs exactly once, and all ends are known', async (killAfterMs) => {
    const place = await mkdtemp(join(folder, 'core-'));
    const effects = join(place, 'effects');
    const runs = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const at = join(place, String(index));
        await mkdir(at);
        const command = ['sh', '-c', `echo $SWITCHYARD_TASK >>"${effects}"; sleep 0.0${index % 10}; exit ${index % 3}`];
        return conformanceRun(JobSpec.parse({ runtime: 'command', command, folder: at }), at);
      }),
    );
    await writeFile(effects, '');
    await writeFile(join(place, 'runs'), runs.map(plain).join('\n'));
    await writeFile(join(place, 'intents'), '');
    await writeFile(join(place, 'core.ts'), coreProgram);
    const core = spawn(process.execPath, [join(place, 'core.ts'), join(place, 'runs'), join(place, 'intents')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => core.stdout.once('data', resolve));
    await delay(killAfterMs);
    core.kill('SIGKILL');

    const intended = (await readFile(join(place, 'intents'), 'utf8')).trim().split('\n').filter(Boolean);
    const outcomes = await Promise.all(runs.filter(({ task }) => intended.includes(task)).map(recover));
    expect(outcomes.map((outcome) => ('exitCode' in outcome ? outcome.exitCode : outcome))).toEqual(intended.map((_, index) => index % 3));
    const ran = (await readFile(effects, 'utf8')).trim().split('\n').filter(Boolean);
    expect(ran.toSorted()).toEqual(intended.toSorted());
  });

  const recover = async (run: TaskRun): Promise<Outcome> => {
    const signal = new AbortController().signal;
    const found = await make().find(run, recordingSink(), signal);
    if (found.kind === 'running') return found.outcome;
    if (found.kind === 'ended') return found.outcome;
    return found.kind === 'never-started' ? make().start(run, recordingSink(), signal) : { kind: 'lost' };
  };
});

describe.runIf(process.getuid?.() === 0)('a core of a user with few rights', () => {
  test('is told what it may not do, in each case by its own reason', async () => {
    const place = await mkdtemp(join(folder, 'user-'));
    await chmod(folder, 0o755);
    await chmod(place, 0o777);
    const program = join(place, 'program');
    await writeFile(program, '#!/bin/sh\nexit 0\n', { mode: 0o700 });
    const closed = join(place, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const spec = (command: string[], at = place): JobSpec => JobSpec.parse({ runtime: 'command', command, folder: at });
    const runs = [
      conformanceRun(spec([program]), join(place, 'a')),
      conformanceRun(spec(['true'], closed), join(place, 'b')),
      conformanceRun(spec(['true']), join(place, 'c'), { folder: join(closed, 'attempt') }),
      conformanceRun(spec(['true']), join(place, 'd'), { logFile: join(closed, 'log') }),
      conformanceRun(spec(['sh', '-c', 'exit 5']), join(place, 'e')),
    ];
    expect(await outcomesAsNobody(place, runs)).toMatchObject([
      { reason: { code: 'command-not-started', values: { command: program, detail: 'it may not be run. Check its permissions.' } } },
      { reason: { code: 'file-unreadable', values: { path: closed } } },
      { reason: { code: 'not-writable', values: { path: join(closed, 'attempt') } } },
      { reason: { code: 'not-writable', values: { path: join(closed, 'log') } } },
      { reason: { code: 'exit-code', values: { exitCode: 5 } } },
    ]);
  });

  const outcomesAsNobody = async (place: string, runs: readonly TaskRun[]): Promise<unknown> => {
    const file = join(place, 'as-nobody.ts');
    await writeFile(
      file,
      `import { createCommandBackend } from ${JSON.stringify(backendModule)};
import { createLauncher } from ${JSON.stringify(launcherModule)};
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
const launcher = createLauncher(${JSON.stringify(launcherEntry)});
const outcomes = [];
for (const run of JSON.parse(process.argv[2])) {
  if (!run.logFile.includes('closed')) mkdirSync(dirname(run.logFile), { recursive: true });
  outcomes.push(await createCommandBackend({ launcher }).start(run, { foundWorker() {}, running() {}, progress() {} }, new AbortController().signal));
}
process.stdout.write(JSON.stringify(outcomes));`,
    );
    const child = spawn('setpriv', ['--reuid', '65534', '--clear-groups', process.execPath, file, `[${runs.map(plain).join(',')}]`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    return JSON.parse(said);
  };
});
