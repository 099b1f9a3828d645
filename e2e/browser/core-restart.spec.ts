import { oneTimeAddress } from '../fixtures/one-time-address.ts';
import { expect, test } from '../fixtures/switchyard.ts';

test('a killed core: the page says so and what to do; a new address shows all that was accepted', async ({ switchyard }) => {
  const { page, rest, dataFolder } = switchyard;
  // The browser itself reports each vain attempt to reach the core.
  switchyard.expectErrors(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|WebSocket is closed/);
  await rest.ask('POST', '/queue/pause');
  await rest.ask('POST', '/jobs', { jobs: [{ runtime: 'command', name: 'survivor', command: ['true'], folder: '/' }] });
  await switchyard.goTo('/queue/1');
  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await expect(panel).toContainText('survivor');

  const { processId } = await rest.ask<{ processId: number }>('GET', '/status');
  process.kill(processId, 'SIGKILL');
  const strip = page.locator('footer');
  await expect(strip).toContainText(/The core is out of reach since \d\d:\d\d:\d\d; trying again\./);
  await expect(strip).toContainText('run switchyard open');
  // What was known stays in sight, and nothing can be pressed that could not be done.
  await expect(panel).toContainText('survivor');
  await expect(panel.getByRole('button', { name: 'Cancel' })).toBeDisabled();

  await page.goto(await oneTimeAddress(dataFolder));
  await page.getByRole('link', { name: /^Queue/ }).click();
  await page.getByRole('grid', { name: 'Queue' }).getByText('survivor').click();
  await expect(panel.getByRole('button', { name: 'Cancel' })).toBeEnabled();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel).toContainText('Cancelled');
});

test('an address opens the window once; used again it says how to get a fresh one', async ({ switchyard }) => {
  const { page, dataFolder } = switchyard;
  // A browser reports the refused exchange of the code.
  switchyard.expectErrors(/401|403/);
  const address = await oneTimeAddress(dataFolder);
  const other = await page.context().browser()?.newContext();
  const first = await other?.newPage();
  await first?.goto(address);
  await expect(first!.getByText('Nothing runs.')).toBeVisible();
  await other?.close();

  await page.evaluate('sessionStorage.clear()');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'This address opens nothing any more' })).toBeVisible();
  await expect(page.getByText('switchyard open')).toBeVisible();
});
