import { queueMany } from '../fixtures/many-jobs.ts';
import { expect, test } from '../fixtures/switchyard.ts';

test('without a pointer: palette, queue, move, open, cancel, close', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await queueMany(rest, 200);
  await expect(page.getByRole('contentinfo').or(page.locator('footer'))).toContainText('200 waiting');
  const press = (key: string) => page.keyboard.press(key);

  await press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.type('go queue');
  await expect(page.getByRole('dialog').getByRole('option')).toHaveCount(1);
  await press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  const grid = page.getByRole('grid', { name: 'Queue' });
  // The list is there before its rows are known, and has nothing to move along until then.
  await expect(grid).toHaveAttribute('aria-rowcount', '201');

  const focused = page.locator('[role=grid]:focus');
  for (let step = 0; step < 30 && (await focused.count()) === 0; step += 1) await press('Tab');
  await expect(grid).toBeFocused();
  await press('ArrowDown');
  await press('ArrowDown');
  await press('ArrowDown');
  await press('Enter');
  const third = page.getByRole('complementary', { name: 'Job 3' });
  await expect(third).toContainText('job-0003');

  // What is open is what the palette acts on.
  await press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.type('cancel');
  await expect(page.getByRole('dialog').getByRole('option').first()).toContainText('Cancel');
  await press('Enter');
  await expect(third).toContainText('Cancelled');
  // The job may be seen cancelled before the palette has its answer; Esc would then only close the palette.
  await expect(page.getByRole('dialog')).toBeHidden();
  await press('Escape');
  await expect(third).toBeHidden();

  await press('End');
  await expect(grid.getByRole('row').filter({ hasText: 'job-0003' })).toBeVisible();
  await press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('job-0150');
  await expect(grid).toHaveAttribute('aria-rowcount', '2');
  await press('Escape');
  await press('Escape');
  await press('3');
  await expect(page.getByRole('heading', { name: 'Devices', level: 1 })).toBeVisible();
});
