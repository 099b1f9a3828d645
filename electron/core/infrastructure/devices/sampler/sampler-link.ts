import { spawn, type ChildProcess } from 'node:child_process';
import type { Lifetime } from '../../../lib/lifetime.ts';
import { createEmitter } from '../../../lib/emitter.ts';
import type { Sampler, SamplerReport } from '../../../ports.ts';
import { parseReport } from './report-schema.ts';
import type { ToSampler } from './sampler-messages.ts';

type DevicesReport = Extract<SamplerReport, { kind: 'devices' }>;
type Failure = Extract<SamplerReport, { kind: 'failed' }>['reason'];

/** Nobody waits longer for the first look at the devices. */
const firstLookMs = 5000;
/** While it has devices the process tells something at every beat. */
const heartbeatMs = 1000;
/** After so many without a word all of its devices count as silent. */
const silentBeats = 5;
/** By then its main thread hangs in a driver; another process may do better. */
const hopelessBeats = 30;
const longestRestartMs = 30_000;
/** One that has lived so long did not die of its start. */
const healthyMs = 60_000;

interface SamplerLinkOptions {
  /** The built sampler.js, or its source. */
  readonly entry: string;
  readonly lifetime: Lifetime;
  /** Wait before the first restart; each further one is twice as long. */
  readonly restartMs?: number;
}

/** Starts the sampler process, passes on what it reports, and starts it anew whenever it ends; it ends with this process at the latest. */
export const createSampler = ({ entry, lifetime, restartMs = 1000 }: SamplerLinkOptions): Sampler => {
  const reports = createEmitter<SamplerReport>();
  const looked = Promise.withResolvers<void>();
  /** Newest word on each probe, for listeners that come later. */
  const latest = new Map<string, SamplerReport>();
  /** Newest devices of each probe, also while it fails. */
  const devices = new Map<string, DevicesReport>();
  let child: ChildProcess | undefined;
  let quietBeats = 0;
  /** In this process's life; until then its devices are what the end of the one before has made them. */
  let hasSpoken = false;
  /** What was known of each probe when the process fell silent; undefined while it speaks. */
  let beforeSilence: readonly SamplerReport[] | undefined;
  let startedAt = 0;
  let waitMs = restartMs;
  let restart: NodeJS.Timeout | undefined;
  let isWatched = false;
  let isClosed = false;

  const emit = (report: SamplerReport): void => {
    if (report.kind === 'devices') devices.set(report.probe, report);
    if (report.kind === 'devices' || report.kind === 'failed') latest.set(report.probe, report);
    reports.emit(report);
  };

  const heard = (message: unknown): void => {
    const report = parseReport(message);
    if (!report || isClosed) return;
    for (const known of beforeSilence ?? []) emit(known);
    beforeSilence = undefined;
    hasSpoken = true;
    quietBeats = 0;
    if (report.kind === 'looked') looked.resolve();
    else emit(report);
  };

  /** All devices that are known to be there. */
  const failAll = (reason: Failure): void => {
    for (const [probe, known] of devices) if (known.devices.length > 0) emit({ kind: 'failed', probe, reason });
  };

  const hasDevices = (): boolean => [...devices.values()].some((known) => known.devices.length > 0);

  const beat = (): void => {
    // Counted, not read off a clock: a machine that has slept owes nothing for the night.
    quietBeats = child && hasDevices() ? quietBeats + 1 : 0;
    if (quietBeats >= silentBeats && hasSpoken && !beforeSilence) {
      beforeSilence = [...latest.values()];
      failAll({ kind: 'silent', seconds: (quietBeats * heartbeatMs) / 1000 });
    }
    if (quietBeats === hopelessBeats) child?.kill('SIGKILL');
  };

  const send = (message: ToSampler): void => {
    // A channel that has just broken is told by the exit of its process.
    if (child?.connected) child.send(message, () => undefined);
  };

  const start = (): void => {
    const started = spawnSampler(entry);
    child = started;
    startedAt = performance.now();
    quietBeats = 0;
    hasSpoken = false;
    beforeSilence = undefined;
    started.on('message', heard);
    started.once('exit', (code, signal) => ended(started, signal ? `ended by ${signal}` : `ended with exit code ${code}`));
    started.once('error', (error) => ended(started, `could not be started: ${error.message}`));
    if (isWatched) send({ kind: 'watch-processes', isWatched });
  };

  const ended = (which: ChildProcess, how: string): void => {
    if (child !== which || isClosed) return;
    child = undefined;
    looked.resolve();
    failAll({ kind: 'error', detail: `the process that reads the devices ${how}` });
    if (performance.now() - startedAt >= healthyMs) waitMs = restartMs;
    restart = setTimeout(start, waitMs).unref();
    waitMs = Math.min(waitMs * 2, longestRestartMs);
  };

  const heartbeat = setInterval(beat, heartbeatMs).unref();
  const firstLook = setTimeout(looked.resolve, firstLookMs).unref();
  lifetime.add(() => {
    isClosed = true;
    clearInterval(heartbeat);
    clearTimeout(firstLook);
    clearTimeout(restart);
    looked.resolve();
    // It ends by itself when its channel closes, and cannot when it hangs.
    if (beforeSilence) child?.kill('SIGKILL');
    else if (child?.connected) child.disconnect();
  });
  start();

  return {
    looked: looked.promise,
    onReport(listener) {
      for (const report of latest.values()) listener(report);
      reports.subscribe(listener);
    },
    watchProcesses(isNowWatched) {
      if (isWatched === isNowWatched) return;
      isWatched = isNowWatched;
      send({ kind: 'watch-processes', isWatched });
    },
  };
};

const spawnSampler = (entry: string): ChildProcess => {
  const child = spawn(process.execPath, [entry], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    cwd: '/',
    // Electron's own program is Node with this.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    // What a terminal sends to the core's group, such as Ctrl-C, must not end it before its core.
    detached: true,
    windowsHide: true,
  });
  // It must not keep its core alive.
  child.unref();
  child.channel?.unref();
  return child;
};
