import type { Page } from 'playwright/test';
import { queueMany } from '../fixtures/many-jobs.ts';
import { expect, test } from '../fixtures/switchyard.ts';

const ground = (page: Page): Promise<string> => page.evaluate<string>('getComputedStyle(document.querySelector(".main")).backgroundColor');

test('the language changes every text at once, reasons included, and is kept', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await rest.ask('POST', '/jobs', { jobs: [{ runtime: 'command', name: 'waits', command: ['true'], folder: '/' }] });
  await switchyard.goTo('/queue/1');
  const panel = page.getByRole('complementary');
  await expect(panel).toContainText('The queue is paused. Resume it to start waiting jobs.');
  await page.getByRole('button', { name: 'Theme and language' }).click();
  await page.getByRole('button', { name: '简体中文' }).click();
  await expect(panel).toContainText('队列已暂停');
  await expect(panel).not.toContainText('The queue is paused');
  await expect(page.getByRole('navigation').getByRole('link', { name: '队列' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  // Only what people wrote and what has no translation may stay Latin.
  const latin = await page.evaluate<string[]>(`
    [...new Set(document.body.innerText.split('\\n').map((line) => line.trim()).filter((line) => /[A-Za-z]{4,}/.test(line) && !/[\\u4e00-\\u9fff]/.test(line)))]
  `);
  expect(latin.filter((line) => !/^(Switchyard|English|Ctrl K|waits|default|\S*\d\S*)$/.test(line))).toEqual([]);
  await page.reload();
  await expect(panel).toContainText('队列已暂停');
});

test('the theme is kept over a reload', async ({ switchyard }) => {
  const { page } = switchyard;
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  const choose = async (theme: string) => {
    await page.getByRole('button', { name: 'Theme and language' }).click();
    await page.getByRole('group', { name: 'Theme', exact: true }).getByRole('button', { name: theme }).click();
    await page.keyboard.press('Escape');
  };
  await choose('Light');
  const light = await ground(page);
  await choose('Dark');
  await expect.poll(() => ground(page)).not.toBe(light);
  const dark = await ground(page);
  await page.reload();
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  expect(await ground(page)).toBe(dark);
});

test('comfortable rows are taller, also in the queue, and are kept over a reload', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await queueMany(rest, 40);
  await switchyard.goTo('/queue');
  const tops = (): Promise<number[]> =>
    page
      .getByRole('grid', { name: 'Queue' })
      .locator('[data-job]')
      .evaluateAll((rows) =>
        rows.slice(0, 2).map((row) => (row as unknown as { getBoundingClientRect(): { top: number } }).getBoundingClientRect().top),
      );
  const apart = async (): Promise<number> => {
    const [first = Number.NaN, second = Number.NaN] = await tops();
    return second - first;
  };
  await expect.poll(apart).toBe(28);
  await page.getByRole('button', { name: 'Theme and language' }).click();
  await page.getByRole('group', { name: 'Rows', exact: true }).getByRole('button', { name: 'Comfortable' }).click();
  await expect.poll(apart).toBe(40);
  await page.reload();
  await expect.poll(apart).toBe(40);
});
