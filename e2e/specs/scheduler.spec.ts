import type { Locator, Page } from 'playwright/test';
import { queueMany } from '../fixtures/many-jobs.ts';
import { expect, test, type Switchyard } from '../fixtures/switchyard.ts';

const policies = (page: Page): Locator => page.getByRole('region', { name: 'Policy' });
const groups = (page: Page): Locator => page.getByRole('region', { name: 'Groups' });
const plan = (page: Page): Locator => page.getByRole('region', { name: 'Plan' });
const chart = (page: Page): Locator => plan(page).getByRole('listbox');
const strip = (page: Page): Locator => page.getByRole('contentinfo').or(page.locator('footer'));
const panel = (page: Page, id: number): Locator => page.getByRole('complementary', { name: `Job ${id}` });
/** Names of jobs in the order in which they are listed. */
const listed = (page: Page): Promise<string[]> =>
  plan(page).getByRole('table', { name: 'Runs now and next' }).locator('.plan-open').allTextContents();

interface Given {
  holder: number;
  early: number;
  urgent: number;
}

/** One job holds the machine; two wait for it, each of which is first under another policy. */
const twoWait = async ({ rest }: Switchyard): Promise<Given> => {
  const { devices } = await rest.ask<{ devices: { id: string; cores?: number }[] }>('GET', '/devices');
  const cores = devices.find(({ id }) => id === 'cpu')?.cores ?? 1;
  const command = (name: string, group: string, priority: number) => ({
    runtime: 'command',
    name,
    group,
    priority,
    command: ['sleep', '600'],
    folder: '/',
    resources: { cores, memoryBytes: 1e8 },
    // Nothing is known of such commands, so that the limit is what the plan counts with.
    timeLimitSeconds: 900,
  });
  const submit = async (job: object) => (await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: [job] })).ids[0] ?? 0;
  const holder = await submit(command('holder', 'vision', 0));
  await expect.poll(() => rest.ask('GET', '/status')).toMatchObject({ counts: { running: 1 } });
  return { holder, early: await submit(command('early', 'vision', 0)), urgent: await submit(command('urgent', 'speech', 500)) };
};

test('another policy re-orders what waits at once: the order, the reasons and the plan change, and it can be taken back', async ({
  switchyard,
}) => {
  const { page } = switchyard;
  const { early } = await twoWait(switchyard);
  await switchyard.goTo('/scheduler');
  await expect(strip(page)).toContainText('First in line: urgent');
  await expect.poll(() => listed(page)).toEqual(['holder', 'urgent', 'early']);
  await plan(page).getByRole('button', { name: 'early' }).click();
  const why = panel(page, early).getByRole('tabpanel');
  await expect(why).toContainText('1 job ahead; it waits until urgent has what it needs.');
  await expect(why).toContainText('Should start about');

  await policies(page).getByRole('button', { name: 'Use First come, first served' }).click();
  await expect(policies(page).getByRole('row', { name: /First come, first served/ })).toContainText('In use');
  await expect(strip(page)).toContainText('First in line: early');
  await expect(why).not.toContainText('urgent has what it needs');
  await expect(why).toContainText('holder running');
  await expect.poll(() => listed(page)).toEqual(['holder', 'early', 'urgent']);

  await policies(page)
    .getByRole('button', { name: /^Back to Priority/ })
    .click();
  await expect(strip(page)).toContainText('First in line: urgent');
  await expect.poll(() => listed(page)).toEqual(['holder', 'urgent', 'early']);
});

test('every policy is tried on the queue of now, and the plan under one of them is looked at before it is used', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await twoWait(switchyard);
  await switchyard.goTo('/scheduler');
  await expect(policies(page)).toContainText(/each tried on the \d+ jobs of now/);
  const row = policies(page).getByRole('row', { name: /First come, first served/ });
  await expect(row.getByRole('cell').first()).toContainText(/\d/);
  await row.getByRole('button', { name: /^Preview/ }).click();
  await expect(plan(page)).toContainText('as it would be under First come, first served');
  await expect.poll(() => listed(page)).toEqual(['holder', 'early', 'urgent']);
  await expect(rest.ask('GET', '/queue/policy')).resolves.toEqual({ policy: 'priority' });
  await plan(page).getByRole('button', { name: 'End preview' }).click();
  await expect.poll(() => listed(page)).toEqual(['holder', 'urgent', 'early']);
});

test('a job is found in the chart and opened without a pointer; the chart is zoomed, moved and put back by keys', async ({
  switchyard,
}) => {
  const { page } = switchyard;
  const { holder, urgent } = await twoWait(switchyard);
  await switchyard.goTo('/scheduler');
  const at = chart(page).getByRole('option');
  await expect.poll(() => listed(page)).toEqual(['holder', 'urgent', 'early']);
  await expect(at).toHaveAttribute('aria-label', /holder/);
  for (let step = 0; step < 60 && (await page.locator('[role=listbox]:focus').count()) === 0; step += 1) await page.keyboard.press('Tab');
  await expect(chart(page)).toBeFocused();
  await expect(at).toHaveAttribute('aria-label', /^holder\. vision\. cpu\. Runs since .* should end ~/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(at).toHaveAttribute('aria-label', /^urgent\. speech\. cpu\. Should start ~.* and end ~/);
  await page.keyboard.press('Enter');
  await expect(panel(page, urgent).getByRole('tabpanel')).toContainText('holder running');
  await page.keyboard.press('Escape');
  await expect(panel(page, urgent)).toBeHidden();

  await chart(page).focus();
  const follow = plan(page).getByRole('button', { name: 'Follow the present' });
  await page.keyboard.press('+');
  await expect(follow).toBeVisible();
  await page.keyboard.press('0');
  await expect(follow).toBeHidden();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(follow).toBeVisible();
  await follow.click();
  await expect(follow).toBeHidden();

  // With a pointer the same.
  await chart(page).focus();
  await page.keyboard.press('Home');
  await expect(at).toHaveAttribute('aria-label', /^holder/);
  await plan(page).getByRole('button', { name: '1 h', exact: true }).click();
  const box = (await at.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.locator('.gantt-tip')).toContainText('holder');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(panel(page, holder)).toContainText('Running');
});

test('what would start a job now is a button that does it, and one that costs another job its work asks first', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  const { holder, urgent } = await twoWait(switchyard);
  await switchyard.goTo(`/queue/${urgent}/why`);
  const why = panel(page, urgent).getByRole('tabpanel');
  const remedy = why.getByRole('listitem').filter({ hasText: 'Cancel holder' });
  await remedy.getByRole('button', { name: 'Cancel it…' }).click();
  await expect(remedy).toContainText('What it has done so far is lost.');
  await remedy.getByRole('button', { name: 'Keep it' }).click();
  await expect(rest.ask('GET', `/jobs/${holder}`)).resolves.toMatchObject({ state: { kind: 'running' } });
  await remedy.getByRole('button', { name: 'Cancel it…' }).click();
  await remedy.getByRole('button', { name: 'Cancel it now' }).click();
  await expect(panel(page, urgent)).toContainText('Running');
  await expect(rest.ask('GET', `/jobs/${holder}`)).resolves.toMatchObject({ state: { kind: 'cancelled' } });
});

test('a group is named, weighed and limited in place, and what the core does not take says why', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await switchyard.goTo('/scheduler');
  await groups(page).getByRole('button', { name: 'Add group' }).click();
  const form = groups(page).getByRole('form', { name: 'Add group' });
  await form.getByRole('textbox', { name: 'Name' }).fill('lab/alice');
  await form.getByRole('textbox', { name: 'Weight' }).fill('2');
  await page.keyboard.press('Enter');
  await expect(form).toBeHidden();
  const group = groups(page).getByRole('listitem', { name: 'lab/alice' });
  const weight = group.getByRole('textbox', { name: 'Weight of lab/alice' });
  await expect(weight).toHaveValue('2');
  await group.getByRole('button', { name: 'More weight for lab/alice' }).click();
  await expect(weight).toHaveValue('3');
  await weight.fill('4.5');
  await page.keyboard.press('Enter');
  await expect(weight).toHaveValue('4.5');

  await group.getByRole('button', { name: 'Limit of lab/alice: No limit' }).click();
  const limit = group.getByRole('form', { name: 'Limit of lab/alice' });
  await limit.getByRole('textbox', { name: 'Cores' }).fill('some');
  await expect(limit.getByRole('button', { name: 'Save' })).toBeDisabled();
  await limit.getByRole('textbox', { name: 'Cores' }).fill('2');
  await limit.getByRole('button', { name: 'Save' }).click();
  await expect(group).toContainText('2 cores');
  const { groups: kept } = await rest.ask<{ groups: { name: string }[] }>('GET', '/queue/groups');
  expect(kept.find(({ name }) => name === 'lab/alice')).toMatchObject({ weight: 4.5, quota: { cores: 2 } });

  switchyard.expectErrors(/4\d\d/);
  await weight.fill('0');
  await page.keyboard.press('Enter');
  await expect(group.getByRole('alert')).toContainText('a weight is above 0');
  await expect(weight).toHaveValue('4.5');
});

test('5,000 jobs: the plan draws little of the page, and says how many stand behind', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await twoWait(switchyard);
  await queueMany(rest, 5000);
  await switchyard.goTo('/scheduler');
  await expect(plan(page)).toContainText(/more wait behind|nobody can tell when they start/);
  await expect(chart(page).getByRole('option')).toHaveAttribute('aria-label', /holder/);
  expect(await plan(page).locator('*').count()).toBeLessThan(600);
  await plan(page).getByRole('button', { name: 'Show as a table' }).click();
  await expect(plan(page).getByRole('table', { name: 'Plan' })).toContainText('holder');
  expect(await plan(page).locator('*').count()).toBeLessThan(900);
});
