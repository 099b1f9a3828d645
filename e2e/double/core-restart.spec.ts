import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { launchDouble } from '../electron-double/launch-double.ts';
import { openRest, repository, switchyard } from '../switchyard.ts';

interface Status {
  readonly processId: number;
  readonly shell: string;
}

test('double: the window joins a core that works, and recovers by itself when that core is killed', async () => {
  test.slow();
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-restart-'));
  const dataFolder = join(folder, 'data');
  // Work in a worker cannot be handed over, so the window joins the headless core instead of taking its place.
  const picture = join(repository, 'resources/samples/notice.png');
  const rest = openRest(dataFolder);
  expect((await switchyard(['status'], { dataFolder })).code).toBe(0);
  await rest.ask('POST', '/jobs', {
    jobs: [
      { runtime: 'application', name: 'long-work', application: 'ocr', files: Array.from({ length: 2000 }, () => ({ path: picture })) },
    ],
  });
  await expect.poll(() => rest.ask('GET', '/status')).toMatchObject({ counts: { running: 1 } });
  const before = await rest.ask<Status>('GET', '/status');
  expect(before.shell).toBe('headless');

  const double = await launchDouble({ dataFolder });
  try {
    const { page } = double;
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await expect(page.getByRole('link', { name: 'long-work' }).first()).toBeVisible();
    expect((await rest.ask<Status>('GET', '/status')).processId).toBe(before.processId);
    await page.evaluate('window.isSamePage = true');

    process.kill(before.processId, 'SIGKILL');
    await expect.poll(async () => (await rest.call('GET', '/status').catch(() => undefined))?.body).toMatchObject({ shell: 'desktop' });
    // The job goes on in the new core, and the page follows it without being loaded again.
    await expect(page.locator('footer')).not.toContainText('out of reach');
    // Among those that run; while it waits to start anew it stands elsewhere for a moment.
    await page.getByRole('table').filter({ hasText: 'Progress' }).getByRole('link', { name: 'long-work' }).click();
    const panel = page.getByRole('complementary', { name: 'Job 1' });
    await panel.getByRole('tab', { name: 'Record' }).click();
    await expect(panel).toContainText('attempt 2');
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await expect(panel).toContainText('Cancelled');
    expect(await page.evaluate('window.isSamePage')).toBe(true);
    expect(errors).toEqual([]);
  } finally {
    rest.close();
    await double.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
