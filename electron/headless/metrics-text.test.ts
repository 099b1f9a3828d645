import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { sendTo } from './test-client.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const scrape = (over: 'gate' | 'socket' = 'gate') =>
  sendTo(server, { path: '/metrics', headers: { host: `127.0.0.1:${server.server.port}`, authorization: `Bearer ${server.token}` } }, over);
/** Lines with a value, by the name of the family. */
const linesOf = (text: string, family: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${family}{`) || line.startsWith(`${family} `));

const device = (given: Partial<DeviceState>): DeviceState => ({
  id: 'gpu0',
  kind: 'gpu',
  name: 'Accelerator "A"\n100',
  providers: [],
  state: 'ready',
  processes: [],
  granted: { cores: 0, memoryBytes: 2e9 },
  reserveBytes: 0,
  overcommit: 1,
  jobs: [],
  ...given,
});

describe('a scrape of /metrics', () => {
  test('is text that Prometheus reads, over the gate with the token and over the socket', async () => {
    for (const over of ['gate', 'socket'] as const) {
      const { status, headers, text } = await scrape(over);
      expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      expect(headers['cache-control']).toBe('no-store');
      expect(text.endsWith('\n')).toBe(true);
      // A blank line between families is allowed.
      for (const line of text.split('\n').filter((line) => line !== '')) {
        expect(line).toMatch(/^(# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? -?[0-9.e+-]+)$/);
      }
    }
  });

  test('tells every device with what was measured of it', async () => {
    server.devices.push(
      device({
        utilization: 37.5,
        memory: { totalBytes: 24e9, usedBytes: 6e9 },
        powerW: 250,
        energyJ: 123_456,
        temperatureC: 71,
        frequencyMhz: 1800,
        processes: [{ pid: 42, memoryBytes: 3e9, jobId: 7 }, { pid: 43, memoryBytes: 1e9 }, { pid: 44 }],
      }),
      device({ id: 'npu0', kind: 'npu', name: 'N', state: 'drained' }),
    );
    const { text } = await scrape();
    const gpu = String.raw`device="gpu0",kind="gpu",name="Accelerator \"A\"\n100"`;
    expect(linesOf(text, 'switchyard_device_utilization_ratio')).toEqual([`switchyard_device_utilization_ratio{${gpu}} 0.375`]);
    expect(linesOf(text, 'switchyard_device_memory_total_bytes')).toEqual([`switchyard_device_memory_total_bytes{${gpu}} 24000000000`]);
    expect(linesOf(text, 'switchyard_device_memory_used_bytes')).toEqual([`switchyard_device_memory_used_bytes{${gpu}} 6000000000`]);
    expect(linesOf(text, 'switchyard_device_power_watts')).toEqual([`switchyard_device_power_watts{${gpu}} 250`]);
    expect(linesOf(text, 'switchyard_device_temperature_celsius')).toEqual([`switchyard_device_temperature_celsius{${gpu}} 71`]);
    expect(linesOf(text, 'switchyard_device_frequency_hertz')).toEqual([`switchyard_device_frequency_hertz{${gpu}} 1800000000`]);
    expect(text).toContain('# TYPE switchyard_device_energy_joules_total counter\n');
    expect(linesOf(text, 'switchyard_device_energy_joules_total')).toEqual([`switchyard_device_energy_joules_total{${gpu}} 123456`]);
    expect(linesOf(text, 'switchyard_device_process_memory_bytes')).toEqual([
      `switchyard_device_process_memory_bytes{${gpu},pid="42",job="7"} 3000000000`,
      `switchyard_device_process_memory_bytes{${gpu},pid="43"} 1000000000`,
    ]);
    expect(linesOf(text, 'switchyard_device_state').filter((line) => line.endsWith(' 1'))).toEqual([
      `switchyard_device_state{${gpu},state="ready"} 1`,
      'switchyard_device_state{device="npu0",kind="npu",name="N",state="drained"} 1',
    ]);
  });

  test('has no series for what was not measured, and none left of a device that has gone', async () => {
    server.devices.push(device({ utilization: 10 }));
    expect((await scrape()).text).toContain('switchyard_device_utilization_ratio');
    server.devices.splice(0, 1, device({ id: 'gpu1' }));
    const { text } = await scrape();
    expect(text).not.toContain('gpu0');
    for (const family of ['utilization_ratio', 'memory_used_bytes', 'power_watts', 'energy_joules_total', 'temperature_celsius'])
      expect(text).not.toContain(`switchyard_device_${family}`);
    expect(text).not.toContain('event_loop');
  });

  test('tells the queue and what the core itself takes', async () => {
    const { text } = await scrape();
    expect(linesOf(text, 'switchyard_jobs')).toContain('switchyard_jobs{state="running"} 0');
    expect(Number(linesOf(text, 'process_resident_memory_bytes')[0]?.split(' ')[1])).toBeGreaterThan(1e7);
    expect(Number(linesOf(text, 'process_cpu_seconds_total')[0]?.split(' ')[1])).toBeGreaterThan(0);
  });
});
