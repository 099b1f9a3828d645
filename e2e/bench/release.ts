import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { totalmem, freemem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { startBenchCore, type BenchCore } from './bench-core.ts';
import { measure, type Measure, type Skipped } from './measure.ts';
import type { Part, PartOptions } from './part.ts';

const gigabyte = 1e9;
const heldBytes = 2 * gigabyte;
const neededBytes = 1.5 * gigabyte;
const lookMs = 20;

/** How soon memory that another program lets go of is used. */
export const releasePart: Part = {
  name: 'release',
  about: `from the end of another program that held ${heldBytes / gigabyte} GB to the start of the command that waits for ${neededBytes / gigabyte} GB of it`,
  async run(options) {
    if (process.platform !== 'linux') return [{ name: 'start', skipped: 'What other programs hold is read from /proc.' }];
    if (freemem() < 2 * heldBytes) return [{ name: 'start', skipped: `Less than ${(2 * heldBytes) / gigabyte} GB are free here.` }];
    const core = await startBenchCore(options.lifetime);
    return [await startsAfterRelease(core, options)];
  },
};

const startsAfterRelease = async (core: BenchCore, { rounds, say }: PartOptions): Promise<Measure | Skipped> => {
  const took: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const holder = await hold();
    await reserveAllBut(core, 0.5 * gigabyte);
    const [id = 0] = await core.submit([
      { runtime: 'command', command: ['true'], folder: '/', resources: { cores: 1, memoryBytes: neededBytes } },
    ]);
    await until(async () => (await jobOf(core, id)).wait?.code === 'memory-foreign');
    await holder.end();
    const releasedAt = Date.now();
    const { state } = await core.wait(id);
    if (!('startedAt' in state) || state.startedAt === undefined) throw new Error(`job ${id} never started`);
    took.push(state.startedAt - releasedAt);
    say(`round ${round}`);
  }
  return measure('start', 'ms', took, { atMost: 2000 });
};

/** A program that is not ours, with memory that it has written to. */
const hold = async (): Promise<{ end(): Promise<void> }> => {
  const program = `globalThis.kept = Buffer.alloc(${heldBytes}, 1); console.log('held'); process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    async end() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
};

/** So much is left to be granted once the held memory has been seen. */
const reserveAllBut = async (core: BenchCore, leftBytes: number): Promise<void> => {
  const used = async (): Promise<number> => {
    const { devices } = await core.rest.ask<{ devices: DeviceState[] }>('GET', '/devices');
    return devices.find(({ id }) => id === 'cpu')?.memory?.usedBytes ?? 0;
  };
  const before = await used();
  await delay(1500);
  const free = totalmem() - Math.max(before, await used());
  await core.rest.ask('PUT', '/devices/cpu/reserve', { bytes: Math.max(0, Math.round(free - leftBytes)) });
};

const jobOf = (core: BenchCore, id: number): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await delay(lookMs);
};
