import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import { eightGpus } from '../fixtures/device-machine.ts';
import { expect, test } from '../fixtures/switchyard.ts';

test.use({ hasDevices: true });

test('a job asks for a device on the page Run and gets what it asked for', async ({ switchyard }) => {
  const { page, rest, folder } = switchyard;
  await switchyard.goTo('/run');
  await page.getByRole('group', { name: 'What to run' }).getByText('Command', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('echo "on $SWITCHYARD_DEVICES"');
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('combobox', { name: 'Device' }).selectOption({ label: 'GPU, 8 of 8 take work' });
  await page.getByRole('textbox', { name: 'How many' }).fill('two');
  await expect(page.getByText('A whole number from 1 to 64.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run the command' })).toBeDisabled();
  await page.getByRole('textbox', { name: 'How many' }).fill('2');
  await page.getByRole('textbox', { name: 'Memory of each' }).fill('3 GB');
  await page.getByRole('checkbox', { name: 'GPU 4' }).check();
  await page.getByRole('checkbox', { name: 'GPU 6' }).check();
  await page.getByRole('button', { name: 'Run the command' }).click();

  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await expect(panel).toContainText('Done at');
  await panel.getByRole('tab', { name: 'Log' }).click();
  await expect(panel.getByRole('log')).toContainText('on gpu4,gpu6');
  const { spec } = await rest.ask<JobDetail>('GET', '/jobs/1');
  expect(spec.resources).toMatchObject({ device: { kind: 'gpu', count: 2, memoryBytes: 3e9 }, on: ['gpu4', 'gpu6'] });
});

test('a job that waited for another one gets the same card again, and its panel says why', async ({ switchyard }) => {
  const { page, rest, folder } = switchyard;
  const submit = async (more: Partial<JobRequest>): Promise<number> => {
    const jobs = [{ runtime: 'command', command: ['true'], folder, ...more }];
    const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs });
    return ids[0] ?? 0;
  };
  const prepare = await submit({ name: 'prepare', resources: { device: { kind: 'gpu' }, on: ['gpu4'] } });
  const use = await submit({ name: 'use', resources: { device: { kind: 'gpu' } }, after: [prepare] });
  await switchyard.goTo(`/queue/${use}/ranOn`);
  const panel = page.getByRole('complementary', { name: `Job ${use}` });
  await expect(panel).toContainText(
    `Of places that are as good gpu4 comes first: what it works on was made there by prepare (job ${prepare}).`,
  );
});

test('devices that are ticked may be ruled out instead, and the emptiest of the others is taken', async ({ switchyard }) => {
  const { page, rest, folder } = switchyard;
  await switchyard.goTo('/run');
  await page.getByRole('group', { name: 'What to run' }).getByText('Command', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('echo "on $SWITCHYARD_DEVICES"');
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('combobox', { name: 'Device', exact: true }).selectOption({ label: 'GPU, 8 of 8 take work' });
  await page.getByRole('checkbox', { name: 'GPU 0' }).check();
  await page.getByRole('combobox', { name: 'Which of them' }).selectOption('all but those that are ticked');
  await expect(page.getByRole('checkbox', { name: 'GPU 0' })).toBeChecked();
  await page.getByRole('combobox', { name: 'Of those that fit' }).selectOption('the emptiest');
  await page.getByRole('button', { name: 'Run the command' }).click();

  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await expect(panel).toContainText('Done at');
  await panel.getByRole('tab', { name: 'Log' }).click();
  await expect(panel.getByRole('log')).toContainText('on gpu1');
  await panel.getByRole('tab', { name: 'Ran on' }).click();
  await expect(panel.getByRole('tabpanel')).toContainText('Not on');
  const { spec } = await rest.ask<JobDetail>('GET', '/jobs/1');
  expect(spec.resources).toMatchObject({ notOn: ['gpu0'], prefer: 'spread' });
});

test('the proof of a job names the device, the process seen there and what it held', async ({ switchyard }) => {
  const { page, rest, folder, machine } = switchyard;
  const gate = join(folder, 'end');
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [
      {
        runtime: 'command',
        name: 'trainer',
        command: ['sh', '-c', 'echo $$ > pid; while [ ! -e end ]; do sleep 0.05; done'],
        folder,
        resources: { cores: 0.1, memoryBytes: 1e8, device: { kind: 'gpu', memoryBytes: 4e9 }, on: ['gpu2'] },
      },
    ],
  });
  await expect.poll(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')).toMatch(/\n/);
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  await switchyard.goTo(`/queue/${ids[0]}/ranOn`);
  const proof = page.getByRole('tabpanel');
  await expect(proof).toContainText('gpu2 4.0 GB of it');

  machine?.write({ gpus: eightGpus(), processes: [{ gpu: 2, pid, bytes: 2e9 }] });
  const seen = async () => {
    const { devices } = await rest.ask<{ devices: DeviceState[] }>('GET', '/devices');
    return devices.find(({ id }) => id === 'gpu2')?.jobs[0]?.usedBytes;
  };
  await expect.poll(seen).toBe(2e9);
  await writeFile(gate, '');
  await expect(proof).toContainText(`gpu2 2.0 GB at most, seen there as ${pid}`);
  await proof.getByRole('link', { name: 'gpu2' }).click();
  await expect(page.getByRole('heading', { name: /^GPU 2/ })).toBeVisible();
});

test('what a job fell back from is said in words', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  const command = { runtime: 'command', command: ['true'], folder: '/' };
  await rest.ask('POST', '/jobs', { jobs: [{ ...command, resources: { device: { kind: 'npu', count: 2 }, mayFallBack: true } }] });
  await switchyard.goTo('/queue/1/ranOn');
  await expect(page.getByRole('tabpanel')).toContainText('This machine does not have the NPU it asked for');
});

test('a program of somebody else is adopted from the page of its device; what cannot be says so beside the button', async ({
  switchyard,
}) => {
  const { page, machine } = switchyard;
  const foreign = spawn('sleep', ['300']);
  try {
    const pid = foreign.pid ?? 0;
    machine?.write({
      gpus: eightGpus(),
      processes: [
        { gpu: 1, pid, bytes: 5e9 },
        { gpu: 1, pid: 1, bytes: 1e9 },
      ],
    });
    await switchyard.goTo('/devices/gpu1');
    const refused = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'Adopt process 1', exact: true }) });
    await refused.getByRole('button').click();
    await expect(refused.getByRole('alert')).toHaveText('Process 1 is part of the operating system.');

    const line = page.getByRole('row').filter({ has: page.getByRole('cell', { name: String(pid), exact: true }) });
    await line.getByRole('button', { name: `Adopt process ${pid}` }).click();
    await expect(line).toContainText(/Ours.*sleep/s);
    await line.getByRole('link').click();

    const panel = page.getByRole('complementary', { name: 'Job 1' });
    await expect(panel).toContainText(/Running \d+ (s|min)/);
    await expect(panel.getByRole('tab')).toHaveText(['Ran on', 'Record']);
    await expect(page.getByRole('grid', { name: 'Queue' })).toContainText('Process');
    await panel.getByRole('tab', { name: 'Record' }).click();
    await expect(panel).toContainText('sleep 300');
    foreign.kill();
    await expect(panel).toContainText('Ended at');
    await panel.getByRole('tab', { name: 'Ran on' }).click();
    await expect(panel).toContainText('not known: a process tells it to its parent alone');
    await expect(panel.getByRole('button', { name: 'Retry' })).toBeHidden();
  } finally {
    foreign.kill();
  }
});
