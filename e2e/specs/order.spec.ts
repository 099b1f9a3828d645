import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { expect, test, type Switchyard } from '../fixtures/switchyard.ts';

/* What decides which job runs and which has to wait, besides its place in line. */

const row = (page: Page, name: string): Locator =>
  page
    .getByRole('grid', { name: 'Queue' })
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name: `Select ${name}`, exact: true }) });
const panelOf = (page: Page, id: number): Locator => page.getByRole('complementary', { name: `Job ${id}` });
const submit = async ({ rest, folder }: Switchyard, job: object): Promise<number> => {
  const jobs = [{ runtime: 'command', folder, ...job }];
  return (await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs })).ids[0] ?? 0;
};
const allCores = async ({ rest }: Switchyard): Promise<number> => {
  const { devices } = await rest.ask<{ devices: { id: string; cores?: number }[] }>('GET', '/devices');
  return devices.find(({ id }) => id === 'cpu')?.cores ?? 1;
};
const until = (gate: string): string => `until [ -e "${gate}" ]; do sleep 0.05; done`;
/** Opens the form of a command and fills in what is named. */
const typeCommand = async ({ page, folder, goTo }: Switchyard, line: string, options: Record<string, string>): Promise<void> => {
  await goTo('/run');
  await page.getByRole('button', { name: 'Command', exact: true }).click();
  await page.getByRole('textbox', { name: 'Command' }).fill(line);
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  for (const [name, value] of Object.entries(options)) await page.getByRole('textbox', { name, exact: true }).fill(value);
};
const queueIt = (page: Page) => page.getByRole('button', { name: 'Run the command' }).click();

test('jobs wait for others as the form says: for success, for any end, for a failure', async ({ switchyard }) => {
  const { page, folder } = switchyard;
  const first = await submit(switchyard, { name: 'first', command: ['sh', '-c', `${until('gate')}; exit 3`] });
  await typeCommand(switchyard, 'echo never', { Name: 'on-success', 'After these succeed': String(first) });
  await queueIt(page);
  await expect(panelOf(page, first + 1)).toContainText('Waits for first to finish.');
  await typeCommand(switchyard, 'echo any', { Name: 'on-any-end', 'After these end': `${first}` });
  await queueIt(page);
  await expect(panelOf(page, first + 2)).toContainText('first');
  await typeCommand(switchyard, 'echo failed', { Name: 'on-failure', 'If one of these fails': `${first}` });
  await queueIt(page);
  await expect(panelOf(page, first + 3)).toContainText('first');

  await switchyard.goTo('/queue');
  await writeFile(join(folder, 'gate'), '');
  await expect(row(page, 'first').getByRole('img', { name: 'Failed' })).toBeVisible();
  await expect(row(page, 'on-success').getByRole('img', { name: 'Failed' })).toBeVisible();
  await expect(row(page, 'on-success')).toContainText('first');
  await expect(row(page, 'on-any-end').getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(row(page, 'on-failure').getByRole('img', { name: 'Done' })).toBeVisible();
});

test('a running job is paused, another gets its cores, and it goes on when it is told to', async ({ switchyard }) => {
  const { page, folder } = switchyard;
  const cores = await allCores(switchyard);
  const resources = { cores, memoryBytes: 16e6 };
  const first = await submit(switchyard, { name: 'long-one', command: ['sh', '-c', `echo begun; ${until('gate')}; echo done`], resources });
  const second = await submit(switchyard, { name: 'short-one', command: ['sh', '-c', until('short')], resources });
  await switchyard.goTo(`/queue/${first}`);
  const panel = panelOf(page, first);
  await panel.getByRole('button', { name: 'Pause' }).click();
  await expect(panel).toContainText('Paused');
  await expect(row(page, 'long-one').getByRole('img', { name: 'Paused' })).toBeVisible();
  await expect(row(page, 'short-one').getByRole('img', { name: 'Running' })).toBeVisible();

  // It goes on as soon as its cores are free, and says so until then.
  await panel.getByRole('button', { name: 'Resume' }).click();
  await expect(panel.getByRole('button', { name: 'Resume' })).toBeHidden();
  await expect(row(page, 'long-one')).toContainText('short-one');
  await writeFile(join(folder, 'short'), '');
  await expect(row(page, 'short-one').getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Pause' })).toBeVisible();
  await writeFile(join(folder, 'gate'), '');
  await expect(panel).toContainText('Done at');
  expect(second).toBe(first + 1);
});

test('a command that may be ended early makes room for what matters more, and is taken up by its other command', async ({ switchyard }) => {
  const { page, folder } = switchyard;
  const cores = String(await allCores(switchyard));
  const save = `trap 'exit 0' TERM; echo begun >> work; ${until('never')}`;
  await typeCommand(switchyard, save, { Name: 'train', Cores: cores, Memory: '16 MB', Preemptible: '0.1 s' });
  await page.getByRole('textbox', { name: 'Takes up its work by' }).fill(`echo resumed >> work; ${until('gate')}`);
  await queueIt(page);
  const panel = panelOf(page, 1);
  // A command runs before its shell has come to its first line.
  await expect.poll(() => readFile(join(folder, 'work'), 'utf8').catch(() => '')).toBe('begun\n');
  const urgent = await submit(switchyard, {
    name: 'urgent',
    priority: 100,
    command: ['sh', '-c', until('urgent')],
    resources: { cores: Number(cores), memoryBytes: 16e6 },
  });
  await expect(row(page, 'urgent').getByRole('img', { name: 'Running' })).toBeVisible();
  await expect(row(page, 'train').getByRole('img', { name: 'Waiting' })).toBeVisible();
  await expect(row(page, 'train')).toContainText(/Preempted by .*urgent/);
  await writeFile(join(folder, 'urgent'), '');
  await writeFile(join(folder, 'gate'), '');
  await expect(panel).toContainText('Done at');
  expect(await readFile(join(folder, 'work'), 'utf8')).toBe('begun\nresumed\n');
  expect(urgent).toBe(2);
});

test('a job that keeps hours says when they come', async ({ switchyard }) => {
  const { page } = switchyard;
  // They begin two hours from now, so that they are closed.
  const clock = (hours: number): string => {
    const at = new Date(Date.now() + hours * 3_600_000);
    return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  };
  const hours = `${clock(2)}-${clock(3)}`;
  await typeCommand(switchyard, 'true', { Hours: 'at night' });
  await expect(page.getByText('Such as 22:00-06:00 or 22:00-06:00,weekdays.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Hours' }).fill(hours);
  await queueIt(page);
  await expect(panelOf(page, 1)).toContainText(`Starts only within its hours, ${hours}; it is in line again from`);
  await panelOf(page, 1).getByRole('tab', { name: 'Record' }).click();
  await expect(panelOf(page, 1).getByRole('tabpanel')).toContainText(hours);
});
