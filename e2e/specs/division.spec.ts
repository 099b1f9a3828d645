import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, samples, test } from '../fixtures/switchyard.ts';

test('files divided over all cores show who does how many, and their result in order', async ({ switchyard }) => {
  const { page } = switchyard;
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  const names = ['one.png', 'two.png', 'three.png', 'four.png', 'five.png', 'six.png'];
  const paths = names.map((name) => join(switchyard.folder, name));
  for (const path of paths) await copyFile(join(samples, 'digit.png'), path);
  const dragged = await switchyard.drag(paths);
  await dragged.drop();
  await page.getByRole('radio', { name: /^Read a digit/ }).check();
  await page.getByRole('combobox', { name: 'Divide over devices' }).selectOption({ label: 'While it runs, one by one' });
  const over = page.getByRole('group', { name: 'Over' });
  await expect(over).toContainText('all that can');
  // Who divides a job names its devices there and nowhere else.
  await expect(page.getByRole('group', { name: 'Only on' })).toHaveCount(0);
  await page.getByRole('button', { name: /6 files$/ }).click();

  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await panel.getByRole('tab', { name: 'Ran on' }).click();
  const table = panel.getByRole('table', { name: 'What each device does' });
  await expect(table.getByRole('columnheader', { name: 'Worked' })).toBeVisible();
  const items = async (): Promise<number> =>
    (await table.locator('tbody td:nth-child(2)').allTextContents()).reduce((sum, text) => sum + Number(text), 0);
  await expect.poll(items).toBe(names.length);
  await panel.getByRole('tab', { name: 'Result' }).click();
  await expect(panel.getByText('one.png').first()).toBeVisible();
});
