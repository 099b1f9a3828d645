import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { ownCore } from '../own-core.ts';

/* Memory of this machine that a real program holds. */

const core = ownCore();
const soon = { interval: 100 };
const gigabyte = 1e9;
const heldBytes = 3 * gigabyte;
/** Far from what is free before and after, for other programs take and give memory meanwhile. */
const neededBytes = 2 * gigabyte;

/** Not ours: it is started beside the core. */
const startHolder = async (): Promise<{ pid: number; end(): Promise<void> }> => {
  const program = `globalThis.kept = Buffer.alloc(${heldBytes}, 1); console.log('held'); process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async end() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
};

const freeBytes = async (): Promise<number> => {
  const { devices } = JSON.parse((await core.run('devices', '--json')).stdout) as { devices: DeviceState[] };
  const { totalBytes = 0, usedBytes = 0 } = devices[0]?.memory ?? {};
  return totalBytes - usedBytes;
};

const jobOf = (id: number): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);

test.runIf(process.platform === 'linux')(
  'a job waits for memory that a program holds, says how much and who, and starts at its end',
  async () => {
    const free = await freeBytes();
    const holder = await startHolder();
    await expect.poll(freeBytes, soon).toBeLessThan(free - heldBytes / 2);
    // A small part of what the job needs is left.
    const reserve = Math.round((await freeBytes()) - 0.3 * gigabyte);
    expect(await core.run('devices', 'reserve', 'cpu', `${reserve}B`)).toMatchObject({ code: 0 });
    const { code, stdout } = await core.run('add', '--memory', '2GB', '--', 'sleep', '600');
    expect(code).toBe(0);
    const id = Number(stdout);
    await expect.poll(() => jobOf(id), soon).toMatchObject({ wait: { code: 'memory-foreign', values: { needBytes: neededBytes } } });
    const { wait, sentence } = await jobOf(id);
    expect(sentence).toMatch(/^Waits for 2\.0 GB of memory; .* free, other programs hold \d+\.\d GB: .*\.$/);
    expect(wait).toMatchObject({ values: { foreign: expect.arrayContaining([expect.objectContaining({ pid: holder.pid })]) } });
    expect((await core.run('status', String(id))).stdout).toContain('Waits for 2.0 GB of memory; ');
    await holder.end();
    await expect.poll(() => jobOf(id), soon).toMatchObject({ state: { kind: 'running' } });
    expect(await core.run('cancel', String(id))).toMatchObject({ code: 0 });
  },
);
