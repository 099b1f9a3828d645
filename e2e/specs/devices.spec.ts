import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { eightGpus } from '../fixtures/device-machine.ts';
import { expect, test, type Switchyard } from '../fixtures/switchyard.ts';

test.use({ hasDevices: true });

const row = (page: Page, name: string) => page.getByRole('table', { name: 'Devices' }).getByRole('row').filter({ hasText: name });

/** The last reload of a page; its session outlives it. */
const reload = async ({ page }: Switchyard, place: string): Promise<void> => {
  await page.reload();
  await expect(page.getByRole('main')).toBeVisible();
  expect(page.url()).toContain(place);
};

test('a device is drained from its page, says why, and is still drained after a reload', async ({ switchyard }) => {
  const { page } = switchyard;
  await switchyard.goTo('/devices/gpu3');
  await expect(page.getByRole('heading', { name: /^GPU 3/ })).toBeVisible();
  await page.getByRole('button', { name: 'Drain' }).click();
  const form = page.getByRole('form', { name: 'Drain' });
  await form.getByRole('textbox').fill('new fan on Monday');
  await form.getByRole('button', { name: 'Drain' }).click();
  await expect(page.getByRole('main')).toContainText('Drained by hand: new fan on Monday.');
  await reload(switchyard, '/devices/gpu3');
  await expect(page.getByRole('main')).toContainText('Drained by hand: new fan on Monday.');

  await page.keyboard.press('Escape');
  await expect(row(page, 'GPU 3')).toContainText('Drained: new fan on Monday');
  await row(page, 'GPU 3').getByRole('link', { name: 'GPU 3' }).click();
  await page.getByRole('button', { name: 'Undrain' }).click();
  await expect(page.getByRole('main')).not.toContainText('Drained by hand');
});

test('cores are split off by clicking them and given back; what cannot be split says so beside the button', async ({ switchyard }) => {
  const { page } = switchyard;
  await switchyard.goTo('/devices/cpu');
  const split = async (name: string) => {
    await page.getByRole('button', { name: 'Split' }).click();
    const form = page.getByRole('form', { name: 'Split' });
    await form.getByRole('textbox', { name: 'Name' }).fill(name);
    await form.getByRole('button', { name: /^Core 0/ }).click();
    await expect(form.getByRole('textbox', { name: /^Cores/ })).toHaveValue('0');
    await form.getByRole('button', { name: 'Make the share' }).click();
    return form;
  };
  await expect(await split('left')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Join left' })).toBeVisible();

  await page.getByRole('button', { name: 'Split' }).click();
  const form = page.getByRole('form', { name: 'Split' });
  await form.getByRole('textbox', { name: 'Name' }).fill('left');
  await form.getByRole('textbox', { name: /^Cores/ }).fill('0-4000');
  await form.getByRole('button', { name: 'Make the share' }).click();
  await expect(form.getByRole('alert')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();

  await page.getByRole('navigation', { name: 'Devices' }).getByRole('link', { name: 'All devices' }).click();
  await expect(row(page, 'left')).toContainText('core 0');
  await switchyard.goTo('/devices/cpu');
  await page.getByRole('button', { name: 'Join left' }).click();
  await expect(page.getByRole('button', { name: 'Join left' })).toBeHidden();
});

test('what is kept of a device and how often over it is granted is changed in place and still so after a reload', async ({
  switchyard,
}) => {
  const { page } = switchyard;
  await switchyard.goTo('/devices/gpu1');
  const change = async (what: string, text: string) => {
    await page.getByRole('button', { name: `Change: ${what}` }).click();
    const form = page.getByRole('form', { name: what });
    await form.getByRole('textbox').fill(text);
    return form;
  };
  const wrong = await change('Kept for the desktop', 'a lot');
  await expect(wrong).toContainText('Such as 6 GB or 512 MB.');
  await expect(wrong.getByRole('button', { name: 'Save' })).toBeDisabled();
  await wrong.getByRole('textbox').fill('2 GB');
  await wrong.getByRole('button', { name: 'Save' }).click();
  await expect(wrong).toBeHidden();
  const ratio = await change('Over-commit', '1.5');
  await page.keyboard.press('Enter');
  await expect(ratio).toBeHidden();
  await reload(switchyard, '/devices/gpu1');
  await expect(page.locator('.setting').filter({ hasText: 'Kept for the desktop' })).toContainText('2.0 GB');
  await expect(page.locator('.setting').filter({ hasText: 'Over-commit' })).toContainText('1.5 ×');
});

test('graphs show a longer stretch of time on demand, with the highest of each part, and then live again', async ({ switchyard }) => {
  const { page } = switchyard;
  await switchyard.goTo('/devices/gpu0');
  const range = page.getByRole('group', { name: 'Stretch of time' });
  const utilization = (window: string) => page.getByRole('img', { name: `Utilization, ${window}` });
  await expect(utilization('last 2 minutes')).toBeVisible();
  for (const [name, window] of [
    ['1 h', 'last hour'],
    ['1 day', 'last day'],
    ['30 days', 'last 30 days'],
  ] as const) {
    await range.getByRole('button', { name, exact: true }).click();
    // Asked again as it is kept, which a stretch of a minute takes longest.
    await expect(utilization(window)).toBeVisible();
  }
  await range.getByRole('button', { name: '1 h', exact: true }).click();
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expect(page.getByRole('table').filter({ hasText: 'Utilization, mean and most' }).getByRole('row').nth(1)).toContainText('10 %');
  await range.getByRole('button', { name: 'Live' }).click();
  await expect(utilization('last 2 minutes')).toBeVisible();
});

test('a device that is lost says why, and takes work again once it is back', async ({ switchyard }) => {
  const { page, machine } = switchyard;
  await switchyard.goTo('/devices');
  await expect(row(page, 'GPU 7')).toContainText('NVIDIA H100');
  // What was never measured has no samples that could end.
  await expect(row(page, 'GPU 7')).toContainText('17 %');
  machine?.write({ gpus: eightGpus().slice(0, 7) });
  await expect(row(page, 'GPU 7')).toContainText('No longer found');
  await row(page, 'GPU 7').getByRole('link', { name: 'GPU 7' }).click();
  const why = page.getByRole('main').getByText('It is no longer found');
  await expect(why).toBeVisible();
  await expect(page.getByRole('main').getByText('No samples since')).toBeVisible();
  await expect(page.getByRole('main').getByText('Not known while it does not answer.')).toBeVisible();
  await switchyard.goTo('/');
  await page.getByRole('alert').filter({ hasText: 'Out of service: GPU 7.' }).getByRole('link', { name: 'See device' }).click();
  await expect(why).toBeVisible();
  machine?.write({ gpus: eightGpus() });
  await expect(why).toBeHidden();
});

test('programs on a device are told apart: ours with its job, and not ours', async ({ switchyard }) => {
  const { page, rest, folder, machine } = switchyard;
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [
      {
        runtime: 'command',
        name: 'trainer',
        command: ['sh', '-c', 'echo $$ > pid; exec sleep 300'],
        folder,
        resources: { cores: 0.1, memoryBytes: 1e8, device: { kind: 'gpu', memoryBytes: 2e9 }, on: ['gpu0'] },
      },
    ],
  });
  await expect.poll(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')).toMatch(/\n/);
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  machine?.write({
    gpus: eightGpus((index) => (index === 0 ? { memory_used: 6e9 } : {})),
    processes: [
      { gpu: 0, pid, bytes: 2e9 },
      { gpu: 0, pid: process.pid, bytes: 3e9 },
    ],
  });
  await switchyard.goTo('/devices/gpu0');
  const line = (whose: string) => page.getByRole('row').filter({ hasText: String(whose) });
  await expect(line(String(pid))).toContainText(/Ours.*trainer.*2\.0 GB/s);
  await expect(line(String(process.pid))).toContainText(/Not ours.*3\.0 GB/s);
  await line(String(pid)).getByRole('link', { name: 'trainer' }).click();
  await expect(page.getByRole('complementary', { name: `Job ${ids[0]}` })).toContainText('Running');
});

test('one crosshair reads the same moment on all graphs, is moved by keys, and dragging zooms', async ({ switchyard }) => {
  const { page } = switchyard;
  await switchyard.goTo('/devices/gpu0');
  const graphs = page.getByRole('figure');
  const count = 6;
  await expect(graphs).toHaveCount(count);
  const times = page.locator('.time-axis-row b');

  const plot = graphs.first().getByRole('img');
  await plot.hover({ position: { x: 120, y: 40 } });
  await expect(times).toHaveCount(count);
  expect(new Set(await times.allTextContents()).size).toBe(1);
  await expect(page.locator('.plot .cross')).toHaveCount(count);
  await page.mouse.move(0, 0);
  await expect(times).toHaveCount(0);

  await page.getByRole('slider').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(times).toHaveCount(count);
  await page.keyboard.press('Escape');
  await expect(times).toHaveCount(0);
  await expect(page.getByRole('heading', { name: /^GPU 0/ })).toBeVisible();

  const box = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 20, { steps: 4 });
  await page.mouse.up();
  const whole = page.getByRole('button', { name: 'Show all' });
  await expect(whole).toBeVisible();
  await plot.dblclick();
  await expect(whole).toBeHidden();
});
