import { expect, test } from '../fixtures/switchyard.ts';

test('a device is measured from its page, which shows what it can do, also after a reload', async ({ switchyard }) => {
  const { page } = switchyard;
  await switchyard.goTo('/devices/cpu');
  const main = page.getByRole('main');
  await expect(main.getByRole('button', { name: 'Drain' })).toBeVisible();
  await expect(main).not.toContainText('GFLOP/s');
  // Watched from before the click, by the page itself: on a quick machine it is over in a moment.
  const measuring = page.getByRole('button', { name: 'Measuring…' }).waitFor();
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await measuring;
  await expect(main).toContainText(/\d GFLOP\/s with \d+ threads?/);
  await expect(main).toContainText(/\d GB\/s/);
  await expect(page.getByRole('button', { name: 'Measure', exact: true })).toBeVisible();
  await expect(main).not.toContainText('It is being measured');
  await page.reload();
  await expect(main).toContainText('GFLOP/s');
});
