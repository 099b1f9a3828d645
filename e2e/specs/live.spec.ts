import type { Locator } from 'playwright/test';
import { expect, test } from '../fixtures/switchyard.ts';

const unmeasured = /NaN|undefined|Infinity|\[object/;

/** The texts that something showed until it had shown three different ones. */
const differentTexts = async (shown: Locator): Promise<void> => {
  const seen = new Set<string>();
  await expect.poll(async () => seen.add((await shown.textContent()) ?? '').size).toBeGreaterThanOrEqual(3);
};

test('Overview and Devices follow the machine, with numbers only where something was measured', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  // Takes 5 MB more each second for three minutes: a figure that moves however busy the machine is, where its load would stand at 100 %.
  const script = 'const kept = []; setInterval(() => kept.length < 180 && kept.push(Buffer.alloc(5e6, 1)), 1000)';
  await rest.ask('POST', '/jobs', {
    jobs: [{ runtime: 'command', name: 'grower', command: [process.execPath, '-e', script], folder: '/' }],
  });
  const devices = page.getByRole('region', { name: 'Devices' });
  await expect(devices).toContainText(/CPU\s*\d+ %/);
  await expect(page.getByRole('table').filter({ hasText: 'Progress' }).getByRole('link', { name: 'grower' })).toBeVisible();
  await differentTexts(devices.getByRole('listitem').filter({ hasText: 'grower' }).locator('em'));
  await expect(page.getByRole('main')).not.toContainText(unmeasured);

  await page.getByRole('link', { name: 'Devices' }).first().click();
  const graph = page.getByRole('figure').filter({ hasText: 'Utilization' });
  await expect(graph.getByRole('img', { name: 'Utilization, last 2 minutes' })).toBeVisible();
  await expect(graph.locator('output')).toContainText(/^\d+ %$/);
  await differentTexts(page.getByRole('row').filter({ hasText: 'grower' }).getByRole('cell').last());
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expect(page.getByRole('table').filter({ hasText: 'Minute' }).getByRole('row').nth(1)).toContainText(/\d/);
  await expect(page.getByRole('main')).not.toContainText(unmeasured);
});

test('the queue is paused and resumed from the strip', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  const strip = page.getByRole('contentinfo').or(page.locator('footer'));
  await strip.getByRole('button', { name: 'Pause queue' }).click();
  await expect(strip).toContainText('The queue is paused; nothing new starts.');
  await rest.ask('POST', '/jobs', { jobs: [{ runtime: 'command', name: 'patient', command: ['true'], folder: '/' }] });
  await expect(strip).toContainText('1 waiting');
  await strip.getByRole('button', { name: 'Resume queue' }).click();
  await expect(strip).toContainText('Nothing waits.');
  await expect(strip).toContainText('0 waiting');
  await expect.poll(() => rest.ask('GET', '/status')).toMatchObject({ isPaused: false, counts: { succeeded: 1 } });
});
