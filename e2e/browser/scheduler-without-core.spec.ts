import { expect, test } from '../fixtures/switchyard.ts';

test('a killed core leaves plan, groups and figures as they were, with buttons that wait', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  // The browser itself reports each vain attempt to reach the core.
  switchyard.expectErrors(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|WebSocket is closed/);
  await rest.ask('POST', '/queue/pause');
  const job = (name: string) => ({ runtime: 'command', name, group: 'lab', command: ['true'], folder: '/', timeLimitSeconds: 600 });
  await rest.ask('POST', '/jobs', { jobs: [job('first'), job('second')] });
  await switchyard.goTo('/scheduler');
  const plan = page.getByRole('region', { name: 'Plan' });
  const policies = page.getByRole('region', { name: 'Policy' });
  await expect(plan).toContainText('the queue is paused, this is what happens once it goes on');
  await expect(plan.getByRole('table')).toContainText('second');
  await expect(policies).toContainText('each tried on the 2 jobs of now');
  await expect(page.getByRole('listitem', { name: 'lab' })).toBeVisible();

  const { processId } = await rest.ask<{ processId: number }>('GET', '/status');
  process.kill(processId, 'SIGKILL');
  await expect(page.locator('footer')).toContainText('The core is out of reach');
  await expect(policies.getByRole('button', { name: 'Use Fair shares' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'More weight for lab' })).toBeDisabled();
  await expect(plan.getByRole('table')).toContainText('second');
});
