import type { Locator, Page } from 'playwright/test';
import { queueMany } from '../fixtures/many-jobs.ts';
import { expect, test } from '../fixtures/switchyard.ts';
import { watchWork } from '../fixtures/watch-work.ts';

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Queue' });
const row = (page: Page, name: string): Locator => grid(page).getByRole('row').filter({ hasText: name });
const filter = (page: Page, name: string): Locator => page.getByRole('group', { name: 'Jobs by state' }).getByRole('button', { name });
const bulk = (page: Page): Locator => page.getByRole('toolbar', { name: 'Selected jobs' });

/** Puts the list at a part of its height, as a dragged thumb does. */
const scrollTo = (page: Page, part: number): Promise<void> =>
  grid(page).evaluate((node, at) => {
    const list = node as unknown as { scrollTop: number; scrollHeight: number; clientHeight: number };
    list.scrollTop = at * (list.scrollHeight - list.clientHeight);
  }, part);

test('5,000 jobs: the list scrolls anywhere, draws little, and a cancelled job changes without reload', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await queueMany(rest, 5000);
  await switchyard.goTo('/queue');
  await expect(filter(page, 'Waiting')).toContainText('5,000');
  await expect(row(page, 'job-0001')).toBeVisible();

  await scrollTo(page, 0.5);
  await expect(row(page, 'job-2500')).toBeVisible();
  await scrollTo(page, 1);
  await expect(row(page, 'job-5000')).toBeVisible();
  // Many rows in the queue, few on the page.
  expect(await grid(page).getByRole('row').count()).toBeLessThan(120);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '5001');

  await row(page, 'job-4990').click();
  const panel = page.getByRole('complementary', { name: 'Job 4990' });
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel).toContainText('Cancelled at');
  await expect(row(page, 'job-4990').getByRole('img', { name: 'Cancelled' })).toBeVisible();
  await expect(filter(page, 'Waiting')).toContainText('4,999');
  await expect(filter(page, 'Cancelled')).toContainText('1');

  // What another program does is seen as well.
  await rest.ask('POST', '/jobs/cancel', { ids: [4989, 4988] });
  await expect(filter(page, 'Cancelled')).toContainText('3');
  await filter(page, 'Cancelled').click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '4');
  await expect(row(page, 'job-4988')).toContainText('Cancelled');
});

test('20,000 jobs: scrolling keeps the page answering', async ({ switchyard }) => {
  test.slow();
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await queueMany(rest, 20_000);
  await switchyard.goTo('/queue');
  await expect(row(page, 'job-0001')).toBeVisible();
  const work = await watchWork(page);
  const steps: number[] = [];
  for (let step = 1; step <= 20; step += 1) {
    await scrollTo(page, step / 20);
    // Found by its attribute, because finding by role would be work of the page's thread as well.
    await expect(page.locator(`[data-job="${1000 * step}"]`)).toBeVisible();
    steps.push(Math.round(await work.sinceLast()));
  }
  test.info().annotations.push({ type: 'processor time of each jump in ms', description: steps.join(' ') });
  // The whole of a jump: finding, drawing and following its rows, in many tasks; some 100 ms on a quiet machine. A full one makes the
  // same work cost several times as much; a list that draws what is not on the screen costs many seconds everywhere.
  const [usual = Number.NaN] = steps.toSorted((a, b) => a - b).slice(10);
  expect(usual).toBeLessThan(2000);
});

test('several jobs at once: hold, release, run next, cancel; each goes to those it fits', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await queueMany(rest, 16);
  await switchyard.goTo('/queue');
  const select = (name: string) => row(page, name).getByRole('checkbox');

  await select('job-0003').check();
  await select('job-0006').click({ modifiers: ['Shift'] });
  await expect(bulk(page)).toContainText('4 selected');
  await bulk(page).getByRole('button', { name: 'Hold' }).click();
  await expect(filter(page, 'Held')).toContainText('4');
  await expect(row(page, 'job-0003').getByRole('img', { name: 'Held' })).toBeVisible();
  await expect(bulk(page).getByRole('button', { name: 'Hold' })).toBeDisabled();
  await bulk(page).getByRole('button', { name: 'Release' }).click();
  await expect(filter(page, 'Held')).toContainText('0');

  await bulk(page).getByRole('button', { name: 'Clear the selection' }).click();
  await expect(bulk(page)).toBeHidden();
  await select('job-0012').check();
  await bulk(page).getByRole('button', { name: 'Run next' }).click();
  await expect(grid(page).locator('[data-job]').first()).toContainText('job-0012');

  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await expect(bulk(page)).toContainText('16 selected');
  await bulk(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(filter(page, 'Cancelled')).toContainText('16');
  await expect(filter(page, 'Waiting')).toContainText('0');

  await bulk(page).getByRole('button', { name: 'Clear the selection' }).click();
  // The rows come by another stream than the counts, and in another order than before.
  await expect(row(page, 'job-0003').getByRole('img', { name: 'Cancelled' })).toBeVisible();
  await row(page, 'job-0003').click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Remove for good' }).click();
  await expect(row(page, 'job-0003')).toBeHidden();
  await expect(filter(page, 'Cancelled')).toContainText('15');
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await expect(bulk(page)).toContainText('15 selected');
  await bulk(page).getByRole('button', { name: 'Remove', exact: false }).click();
  await expect(filter(page, 'Cancelled')).toContainText('15');
  await bulk(page).getByRole('button', { name: 'Remove for good' }).click();
  await expect(filter(page, 'All')).toContainText('0');
  await expect(bulk(page)).toBeHidden();
});

test('search finds by name, group and id, and says when it finds nothing', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await queueMany(rest, 300);
  await switchyard.goTo('/queue');
  const search = page.getByRole('searchbox', { name: 'Name, group or id' });
  await search.fill('job-0123');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '2');
  await expect(row(page, 'job-0123')).toBeVisible();
  await search.fill('speech');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '101');
  await search.fill('no such thing 🚂');
  await expect(page.getByText('No job has “no such thing 🚂” in its name, group or id.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '301');
  await expect(search).toHaveValue('');

  await filter(page, 'Running').click();
  await expect(page.getByText('No job is in this state.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '301');
});
