import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { expect, test } from '../fixtures/switchyard.ts';

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Queue' });
const row = (page: Page, name: string): Locator => grid(page).getByRole('row').filter({ hasText: name });
const bulk = (page: Page): Locator => page.getByRole('toolbar', { name: 'Selected jobs' });

test('an array is typed in the form, stands in the queue as one row, and opens to its jobs', async ({ switchyard }) => {
  const { page, folder, rest } = switchyard;
  await switchyard.goTo('/run');
  await page.getByRole('button', { name: 'Command', exact: true }).click();
  await page.getByRole('textbox', { name: 'Command' }).fill('until [ -e "gate-{index}" ]; do sleep 0.05; done; echo "this is {index}"');
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('sweep');
  await page.getByRole('textbox', { name: 'Cores' }).fill('0.1');
  await page.getByRole('textbox', { name: 'Memory' }).fill('16 MB');
  await page.getByRole('textbox', { name: 'Array' }).fill('20-10');
  await expect(page.getByText('Such as 0-99, 0-99:10 or 0-99%4.')).toBeVisible();
  const submit = page.getByRole('button', { name: 'Run the command' });
  await expect(submit).toBeDisabled();
  await page.getByRole('textbox', { name: 'Array' }).fill('10-20:2%2');
  await submit.click();

  // What was submitted is what is shown next: the jobs of the array.
  await expect(page.getByRole('heading', { name: 'sweep, 6 jobs' })).toBeVisible();
  await expect(row(page, 'sweep [10]').getByRole('img', { name: 'Running' })).toBeVisible();
  await expect(row(page, 'sweep [14]')).toContainText('Its array runs 2 jobs at once, and as many run.');
  await writeFile(join(folder, 'gate-10'), '');
  await expect(row(page, 'sweep [10]').getByRole('img', { name: 'Done' })).toBeVisible();
  await row(page, 'sweep [10]').click();
  await expect(page.getByRole('complementary').getByRole('log')).toContainText('this is 10');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'sweep, 6 jobs' })).toBeVisible();

  await page.getByRole('link', { name: 'All jobs' }).click();
  await expect(row(page, 'sweep ×6')).toContainText('1 done · 2 running · 3 waiting');
  await expect(row(page, 'sweep [12]')).toBeHidden();
  // The head counts jobs, not rows.
  await expect(
    grid(page)
      .getByRole('row')
      .filter({ hasText: /^Running 2$/ }),
  ).toBeVisible();

  // What is done to the row is done to all jobs that it fits.
  await row(page, 'sweep ×6').getByRole('checkbox').check();
  await bulk(page).getByRole('button', { name: 'Hold' }).click();
  await expect(row(page, 'sweep ×6')).toContainText('1 done · 2 running · 3 held');
  await bulk(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('group', { name: 'Jobs by state' }).getByRole('button', { name: 'Cancelled' })).toContainText('5');
  // Ended it is still one row, and opens to its jobs.
  await expect(row(page, 'sweep ×6')).toContainText('1 done · 5 cancelled');
  await expect(row(page, 'sweep ×6').getByRole('img', { name: 'Cancelled' })).toBeVisible();
  await expect(rest.ask('GET', '/status')).resolves.toMatchObject({ counts: { succeeded: 1, cancelled: 5, pending: 0 } });
  await row(page, 'sweep ×6').click();
  await expect(row(page, 'sweep [12]').getByRole('img', { name: 'Cancelled' })).toBeVisible();
  await page.getByRole('link', { name: 'All jobs' }).click();

  // Run again are those of it without success.
  for (const index of [12, 14, 16, 18, 20]) await writeFile(join(folder, `gate-${index}`), '');
  await row(page, 'sweep ×6').getByRole('checkbox').check();
  await bulk(page).getByRole('button', { name: 'Retry' }).click();
  await expect(row(page, 'sweep ×6')).toContainText('6 done');
  await expect(rest.ask('GET', '/jobs/2')).resolves.toMatchObject({ state: { attempt: 1 } });
  await expect(rest.ask('GET', '/jobs/3')).resolves.toMatchObject({ state: { attempt: 2 } });
  await bulk(page).getByRole('button', { name: 'Remove' }).click();
  await bulk(page).getByRole('button', { name: 'Remove for good' }).click();
  await expect(row(page, 'sweep ×6')).toBeHidden();
  await expect(rest.ask('GET', '/status')).resolves.toMatchObject({ counts: { succeeded: 0, cancelled: 0 } });
});

test('an array that starts together is ticked in the form, waits as a whole, and says so', async ({ switchyard }) => {
  const { page, folder } = switchyard;
  const half = String(availableParallelism() / 2);
  await switchyard.commandLine(
    'add',
    '--name',
    'other',
    '--cpus',
    half,
    '--cwd',
    folder,
    '--',
    'sh',
    '-c',
    'until [ -e gate ]; do sleep 0.05; done',
  );
  await switchyard.goTo('/run');
  await page.getByRole('button', { name: 'Command', exact: true }).click();
  await page.getByRole('textbox', { name: 'Command' }).fill('until [ -e end ]; do sleep 0.05; done');
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('train');
  await page.getByRole('textbox', { name: 'Cores' }).fill(half);
  await page.getByRole('textbox', { name: 'Memory' }).fill('16 MB');
  const tick = page.getByRole('checkbox', { name: 'Start all of the array together, or none' });
  await expect(tick).toBeHidden();
  await page.getByRole('textbox', { name: 'Array' }).fill('0-1');
  await tick.check();
  await page.getByRole('button', { name: 'Run the command' }).click();

  await expect(page.getByRole('heading', { name: 'train, 2 jobs' })).toBeVisible();
  for (const name of ['train [0]', 'train [1]']) {
    await expect(row(page, name)).toContainText('Waits until all 2 jobs of its gang fit at once');
  }
  await writeFile(join(folder, 'gate'), '');
  for (const name of ['train [0]', 'train [1]']) await expect(row(page, name).getByRole('img', { name: 'Running' })).toBeVisible();
  await row(page, 'train [1]').click();
  await page.getByRole('complementary').getByRole('tab', { name: 'Record' }).click();
  await expect(page.getByRole('complementary')).toContainText('index 1, one of 2 jobs that start together');
  await page.keyboard.press('Escape');
  await row(page, 'train [1]').getByRole('checkbox').check();
  await bulk(page).getByRole('button', { name: 'Cancel' }).click();
  for (const name of ['train [0]', 'train [1]']) await expect(row(page, name).getByRole('img', { name: 'Cancelled' })).toBeVisible();
});
