import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tick } from '../../electron/core/infrastructure/storage/metrics/metrics-writer.ts';
import { createMetricsStore } from '../../electron/core/infrastructure/storage/metrics/metrics-store.ts';
import { createLifetime } from '../../electron/core/lib/lifetime.ts';
import { repository } from '../switchyard.ts';
import { seeded } from '../tools/seeded.ts';
import { measure } from './measure.ts';
import { seconds, type Part } from './part.ts';

const devices = 16;
const secondMs = 1000;
const hourMs = 3600 * secondMs;
const dayMs = 24 * hourMs;
/** What lies further back is kept in minutes, for which a moment in 10 seconds is enough to fill it with unlike values. */
const everySecondMs = 26 * hourMs;
const graphPoints = 1200;

/** What 30 days of measurements take on the disk, and how fast a graph of them opens. */
export const metricsSizePart: Part = {
  name: 'metrics-size',
  about: `${devices} devices × 8 quantities that never stand still, 30 days of them up to now, written and read by the thread that the core has; the file with its log after closing, and graphs of one quantity asked from another thread`,
  async run({ rounds, say, lifetime }) {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-metrics-'));
    lifetime.add(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'metrics.db');
    const open = () => {
      const own = createLifetime();
      const threadEntry = join(repository, 'electron', 'metrics-thread.ts');
      const store = createMetricsStore({ file, threadEntry, lifetime: own, onWarning: (text) => say(text) });
      return { store, close: () => own.dispose() };
    };
    const now = Date.now();
    const writing = open();
    let ticks = 0;
    const taken = await seconds(async () => {
      for (const tick of measuredUntil(now)) {
        writing.store.add(tick);
        ticks += 1;
        // The thread is waited for now and then, so that what it has to do does not pile up.
        if (ticks % 2000 === 0) await writing.store.means({ of: 'device', quantities: [], from: now - 1, to: now });
        if (ticks % 50_000 === 0) say(`${ticks} moments`);
      }
      await writing.close();
    });
    const { size } = await stat(file);
    const reading = open();
    const timed = async (span: number): Promise<number[]> => {
      const times: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const subject = `device:gpu${round % devices}`;
        const to = Date.now();
        const query = { subject, quantity: 'utilization' as const, from: to - span, to, points: graphPoints };
        const took = await seconds(async () => {
          const { points } = await reading.store.series(query);
          if (points.length < graphPoints / 2) throw new Error(`only ${points.length} points of ${subject}`);
        });
        if (round > 0) times.push(took * 1000);
      }
      return times;
    };
    const figures = [
      measure('file after 30 days', 'MB', [size / 1e6], { atMost: 50 }),
      measure('one moment, written', 'µs', [(taken * 1e6) / ticks]),
      measure("a day's graph", 'ms', await timed(dayMs), { atMost: 100 }),
      measure("an hour's graph", 'ms', await timed(hourMs)),
      measure('a graph of 30 days', 'ms', await timed(30 * dayMs)),
    ];
    await reading.close();
    return figures;
  },
};

/** Values that wander and jump, seeded. */
function* measuredUntil(now: number): Generator<Tick> {
  const random = seeded(1);
  const state = Array.from({ length: devices }, () => ({ load: random(), memory: random(), heat: random() }));
  for (let at = now - 30 * dayMs; at < now; at += at < now - everySecondMs ? 10 * secondMs : secondMs) {
    const readings = state.map((device, index) => {
      const isJump = random() < 0.01;
      device.load = isJump ? random() : within(device.load + (random() - 0.5) * 0.2);
      device.memory = isJump ? random() : within(device.memory + (random() - 0.5) * 0.01);
      device.heat = within(device.heat + (device.load - device.heat) * 0.05 + (random() - 0.5) * 0.02);
      return {
        subject: `device:gpu${index}`,
        values: {
          utilization: device.load * 100,
          memoryUsedBytes: device.memory * 80e9,
          powerW: 60 + device.load * 600 + random() * 10,
          temperatureC: 35 + device.heat * 50,
          frequencyMhz: 300 + device.load * 1700,
          memoryUtilization: device.load * 70 * random(),
          grantedCores: 0,
          grantedMemoryBytes: device.memory * 80e9,
        },
      };
    });
    yield { at, readings };
  }
}

const within = (share: number): number => Math.min(1, Math.max(0, share));
