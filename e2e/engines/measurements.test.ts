import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFakeNvml, fakeGpu, type FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { ownCore, type OwnCore } from '../own-core.ts';
import { repository } from '../switchyard.ts';

/* A core whose GPUs are told by a library of ours: what Prometheus, a graph and the terminal show of them. */

const canBuild = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;
const canDraw = canBuild && spawnSync('script', ['--version']).status === 0;
const soon = { interval: 200 };

describe.skipIf(!canBuild)('two GPUs behind the library', async () => {
  const nvml: FakeNvml = await buildFakeNvml();
  const core: OwnCore = ownCore(nvml.environment);

  beforeAll(async () => {
    nvml.write({
      gpus: [fakeGpu(0, { utilization: 37, memory_used: 20 * 2 ** 30 }), fakeGpu(1, { utilization: 0 })],
      processes: [{ gpu: 0, pid: process.pid, bytes: 2 ** 30 }],
    });
    await core.run('status');
    return () => nvml.remove();
  });

  const scrape = async (): Promise<string> => {
    const { token, address } = JSON.parse((await core.run('token', '--json')).stdout) as { token: string; address: string };
    return (await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
  };

  test('are scraped with their load, memory, energy and processes', async () => {
    const labels = (index: number): string => `device="gpu${index}",kind="gpu",name="NVIDIA H100 80GB HBM3"`;
    await expect.poll(scrape, soon).toContain(`switchyard_device_utilization_ratio{${labels(0)}} 0.37\n`);
    const text = await scrape();
    expect(text).toContain(`switchyard_device_utilization_ratio{${labels(1)}} 0\n`);
    expect(text).toContain(`switchyard_device_memory_used_bytes{${labels(0)}} ${20 * 2 ** 30}\n`);
    expect(text).toContain(`switchyard_device_energy_joules_total{${labels(0)}} 987654.321\n`);
    expect(text).toContain(`switchyard_device_power_watts{${labels(0)}} 123.456\n`);
    expect(text).toContain(`switchyard_device_state{${labels(0)},state="ready"} 1\n`);
    await expect.poll(scrape, soon).toContain(`switchyard_device_process_memory_bytes{${labels(0)},pid="${process.pid}"} ${2 ** 30}\n`);
  });

  test('are kept over time, and what a driver stops telling is a gap', async () => {
    const from = Date.now();
    const points = async (device: string): Promise<number[]> => {
      const query = `device=${device}&quantity=utilization&from=${from}&to=${Date.now() + 1}`;
      const { points: found } = await core.rest.ask<{ points: { mean: number }[] }>('GET', `/metrics/series?${query}`);
      return found.map(({ mean }) => mean);
    };
    await expect.poll(async () => (await points('gpu0')).length, soon).toBeGreaterThan(1);
    expect(new Set(await points('gpu0'))).toEqual(new Set([37]));
    expect(await points('gpu7')).toEqual([]);
    const { utilization: _, ...silent } = fakeGpu(0);
    nvml.write({ gpus: [silent, fakeGpu(1, { utilization: 50 })] });
    await expect.poll(async () => (await points('gpu1')).at(-1), soon).toBe(50);
    const before = (await points('gpu0')).length;
    const others = (await points('gpu1')).length;
    await expect.poll(async () => (await points('gpu1')).length, soon).toBeGreaterThan(others + 1);
    // Seconds in which the one was measured and the other was not.
    expect((await points('gpu0')).length).toBe(before);
    expect(await scrape()).not.toContain('switchyard_device_utilization_ratio{device="gpu0"');
  });

  test.skipIf(!canDraw)('are drawn in a terminal, which is left with q as it was', async () => {
    const command = `stty cols 80 rows 24; exec ${process.execPath} ${join(repository, 'out', 'main', 'cli.js')} top`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SWITCHYARD_DATA: core.dataFolder },
    });
    let drawn = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (drawn += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await expect.poll(() => drawn, soon).toMatch(/gpu1 +█████····· +50 %/);
    child.stdin.write('p');
    // Only what is another than before is drawn.
    await expect.poll(() => drawn, soon).toContain('jobs   s sort');
    child.stdin.write('q');
    expect(await ended).toBe(0);
    // Its own screen is left and the cursor is seen again.
    expect(drawn).toContain('\x1b[?1049l');
    expect(drawn).toContain('\x1b[?25h');
  });
});
