import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright';
import { createDeviceMachine, eightGpus, type DeviceMachine } from '../fixtures/device-machine.ts';
import type { Rest } from '../switchyard.ts';
import { goTo, shootPlaces, withCore, type ShownCore } from './screenshot-core.ts';

const sizes = [
  { width: 1024, height: 700 },
  { width: 1280, height: 800 },
  { width: 3840, height: 2160 },
] as const;
const viewport = sizes[1];
/** Two samples later the figures of a page have come. */
const pauseMs = 1800;

/**
 * The pages of devices, of this machine alone and of one with eight GPUs, an NPU and an FPGA, which a driver of the tests tells of.
 * Everything else is the real product.
 */
export const devicePictures = async (browser: Browser, target: string, settleSeconds: number): Promise<void> => {
  await withCore(browser, { viewport }, async ({ page }) => {
    await delay(settleSeconds * 1000);
    await shootPlaces(page, target, { state: 'one', places: { devices: '/devices', overview: '/' }, sizes, pauseMs });
  });
  const machine = await createDeviceMachine();
  const load = liveLoad(machine);
  try {
    await withCore(browser, { viewport, environment: machine.environment }, (core) => manyDevices(core, target, settleSeconds, load));
  } finally {
    load.stop();
    machine.remove();
  }
};

const manyDevices = async ({ page, rest, folder }: ShownCore, target: string, settleSeconds: number, load: Load): Promise<void> => {
  await rest.ask('POST', '/devices/cpu/split', { name: 'builds', coreIds: [0] });
  await rest.ask('POST', '/devices/gpu3/drain', { note: 'new fan on Monday' });
  load.use(await startWork(rest, folder));
  await goTo(page, '/devices');
  await delay(settleSeconds * 1000);
  await shootPlaces(page, target, {
    state: 'many',
    places: {
      devices: '/devices',
      overview: '/',
      gpu0: '/devices/gpu0',
      gpu3: '/devices/gpu3',
      cpu: '/devices/cpu',
      npu0: '/devices/npu0',
      fpga0: '/devices/fpga0',
      run: '/run',
      'ran-on': '/queue/1/ranOn',
    },
    sizes,
    pauseMs,
  });
  load.lose(7);
  await goTo(page, '/devices');
  await page.getByText('It is no longer found').first().waitFor({ timeout: 60_000 });
  await shootPlaces(page, target, {
    state: 'lost',
    places: { devices: '/devices', gpu7: '/devices/gpu7', overview: '/' },
    sizes,
    pauseMs,
  });
};

/** Two jobs that hold memory of GPUs, as their driver will tell by these process ids. */
const startWork = async (rest: Rest, folder: string): Promise<readonly number[]> => {
  const job = (name: string, group: string, device: string) => ({
    runtime: 'command',
    name,
    group,
    command: ['sh', '-c', `echo $$ > ${name}.pid; exec sleep 3600`],
    folder,
    resources: { cores: 0.1, memoryBytes: 1e8, device: { kind: 'gpu', memoryBytes: 30e9 }, on: [device] },
  });
  const jobs = [job('finetune-llama', 'language', 'gpu0'), job('segment-lungs', 'radiology', 'gpu1')];
  await rest.ask('POST', '/jobs', { jobs });
  return Promise.all(jobs.map(({ name }) => readPid(join(folder, `${name}.pid`))));
};

const readPid = async (path: string): Promise<number> => {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(100)) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
  }
  throw new Error(`No process wrote ${path}.`);
};

const gigabyte = 1e9;

/** What the job on a GPU holds of it. */
const oursOn = (gpu: number): number => (24 + gpu) * gigabyte;

interface Load {
  /** The processes that hold memory of the first GPUs. */
  use(pids: readonly number[]): void;
  /** Only the last one: the library of the tests counts the others anew without it. */
  lose(index: number): void;
  stop(): void;
}

/** GPUs that are busy in waves, each in its own. */
const liveLoad = (machine: DeviceMachine): Load => {
  let lost = -1;
  let pids: readonly number[] = [];
  const write = () => {
    const wave = (index: number) => Math.sin(Date.now() / (4000 + 900 * index) + index) * 0.5 + Math.sin(Date.now() / 1300 + index) * 0.15;
    const gpus = eightGpus((index) => {
      const busy = Math.round(
        Math.max(0, Math.min(100, [92, 64, 38, 0, 12, 71, 3, 85][index]! + 22 * wave(index) * (index === 3 ? 0 : 1))),
      ); // eight of them
      return {
        utilization: busy,
        memory_used:
          Math.round(([34, 16, 20, 1, 6, 71, 2, 79][index]! + wave(index)) * gigabyte) + (pids[index] === undefined ? 0 : oursOn(index)), // eight of them
        power_mw: (90 + busy * 5.4) * 1000,
        temperature: Math.round(38 + busy * 0.42),
        ...(index === 2 ? { persistence: 0 as const } : {}),
      };
    });
    machine.write({
      gpus: lost < 0 ? gpus : gpus.filter((_, index) => index !== lost),
      processes: [
        ...pids.map((pid, gpu) => ({ gpu, pid, bytes: oursOn(gpu) })),
        { gpu: 0, pid: process.pid, bytes: 33 * gigabyte },
        { gpu: 2, pid: process.ppid, bytes: 19 * gigabyte, kind: 'graphics' as const },
      ],
    });
  };
  write();
  const timer = setInterval(write, 500);
  return {
    use: (ours) => {
      pids = ours;
    },
    lose: (index) => {
      lost = index;
    },
    stop: () => clearInterval(timer),
  };
};
