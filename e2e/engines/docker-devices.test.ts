import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { parseAllowedCores } from '../../electron/core/infrastructure/devices/proc-status.ts';
import { addFpga } from '../fixtures/sysfs/devices.ts';
import { createMachineTree } from '../fixtures/sysfs/machine-tree.ts';
import { ownCore } from '../own-core.ts';
import { busyboxImage, dockerEngine } from './docker.ts';

/* Containers on a share of the processor and on a device, from the command line to what a program inside sees. */

const engine = await dockerEngine();
const cores = process.platform === 'linux' ? (parseAllowedCores(readFileSync('/proc/self/status', 'utf8')) ?? []) : [];

describe.skipIf('skip' in engine || cores.length < 2)('a container', () => {
  const tree = createMachineTree();
  const node = `switchyard-test-${process.pid}`;
  const core = ownCore({ SWITCHYARD_SYSFS: tree.sysfs, DOCKER_HOST: 'socket' in engine ? `unix://${engine.socket}` : '' });
  const soon = { interval: 100 };

  beforeAll(() => {
    // An endless supply of zeros in place of an FPGA.
    execFileSync('mknod', [`/dev/${node}`, 'c', '1', '5']);
    addFpga(tree, { index: 0, node });
  });
  afterAll(() => {
    rmSync(`/dev/${node}`);
    tree.dispose();
  });

  /** What a script prints in a container. */
  const inside = async (script: string, ...words: string[]): Promise<{ job: JobDetail; text: string }> => {
    const added = await core.run('add', '--image', busyboxImage, '--memory', '64MB', ...words, '--', 'sh', '-c', script);
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const look = (): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${Number(added.stdout)}`);
    await expect.poll(async () => (await look()).state, soon).toHaveProperty('endedAt');
    return { job: await look(), text: (await core.run('log', added.stdout.trim())).stdout };
  };

  test('runs on the cores of its share and on no others, and one beside it on the rest', async () => {
    const [first = 0, ...others] = cores;
    expect(await core.run('devices', 'split', 'cpu', '--cores', String(first), '--name', 'left')).toMatchObject({ code: 0 });
    const script = 'grep Cpus_allowed_list /proc/self/status; sleep 0.2 & grep Cpus_allowed_list /proc/$!/status';
    const left = await inside(script, '--on', 'left');
    expect(left.job.state).toMatchObject({ kind: 'succeeded', ranOn: { device: 'left' } });
    expect(left.text.split('\n').slice(0, 2).map(parseAllowedCores)).toEqual([[first], [first]]);
    const beside = await inside(script, '--on', 'cpu');
    expect(parseAllowedCores(beside.text)).toEqual(others);
    expect(await core.run('devices', 'join', 'left')).toMatchObject({ code: 0 });
  });

  test('has the file of the device that it was granted, and no other has it', async () => {
    const script = `echo "[$SWITCHYARD_DEVICES] [$SWITCHYARD_DEVICE_NODES]"; head -c 3 /dev/${node} | od -An -tx1`;
    const granted = await inside(script, '--device', 'fpga:1');
    expect(granted.job.state).toMatchObject({ kind: 'succeeded', ranOn: { devices: [{ device: 'fpga0' }] } });
    expect(granted.text).toBe(`[fpga0] [/dev/${node}]\n 00 00 00\n`);
    const without = await inside(script);
    expect(without.text.split('\n')).toContain('[] []');
    expect(without.text).toContain(`/dev/${node}: No such file or directory`);
  });
});
