import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { createCore } from './core/create-core.ts';
import { dataFolder } from './core/infrastructure/storage/paths.ts';
import { closeInherited } from './core/lib/close-inherited.ts';
import { createHeadlessServer } from './headless/create-headless-server.ts';
import { createEntrance } from './headless/entrance.ts';
import { createSpawnWorker } from './headless/spawn-worker.ts';

/*
 * The headless shell: a core with its faces for a browser, for programs and for the command line.
 *   node headless.js [--data DIR] [--idle-minutes N]     ends by itself after N minutes without work and without visitors
 * Exit codes: 0 ended as asked, 4 another core has the data folder, 1 anything else.
 */
const takenCode = 4;
const idleCheckMs = 5000;

closeInherited();
process.env['ORT_DISABLE_TELEMETRY'] = '1';
const { values } = parseArgs({ options: { data: { type: 'string' }, 'idle-minutes': { type: 'string' } } });
const folder = dataFolder(values.data);
const here = import.meta.dirname;
const workerEntry = join(here, existsSync(join(here, 'worker.js')) ? 'worker.js' : 'worker.ts');

// A log on a full disk takes nothing; the core has better things to do than to end for that.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const onBug = (error: unknown): void => {
  process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

const entrance = createEntrance({ dataFolder: folder });
const core = await createCore({
  host: {
    shell: 'headless',
    version: packageJson.version,
    dataFolder: folder,
    entriesFolder: here,
    resourcesFolder: join(here, '..', '..', 'resources'),
    canWrapWorkers: process.platform === 'linux',
    spawnWorker: createSpawnWorker(workerEntry),
    now: Date.now,
  },
  shell: { ...entrance.handlers, end: () => void close() },
  onBug,
});
if (!core) {
  process.stderr.write(`Another core already has ${folder}.\n`);
  process.exit(takenCode);
}

const server = await createHeadlessServer({
  router: core.router,
  files: core.files,
  artifacts: core.artifacts,
  onBug,
  entrance,
  rendererFolder: join(here, '..', 'renderer'),
  dataFolder: folder,
});

let closing: Promise<void> | undefined;
const close = (): Promise<void> =>
  (closing ??= (async () => {
    await server.close();
    await core.lifetime.dispose();
    process.exit(0);
  })());
process.on('SIGTERM', () => void close());
process.on('SIGINT', () => void close());
process.on('SIGHUP', () => {
  // A core outlives the terminal that started it.
});

const idleMinutes = Number(values['idle-minutes'] ?? Number.POSITIVE_INFINITY);
let busyAt = Date.now();
setInterval(() => {
  if (!core.isIdle() || server.connections() > 0) busyAt = Date.now();
  else if (Date.now() - busyAt > idleMinutes * 60_000) void close();
}, idleCheckMs).unref();
