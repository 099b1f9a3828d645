import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/switchyard.ts';

test('the log of a running command grows before one’s eyes, and its end is told', async ({ switchyard }) => {
  const { page, rest, folder } = switchyard;
  const gate = (name: string) => join(folder, name);
  // Prints a line whenever the test makes the next file, and ends with the last one.
  const script = `for n in 1 2 3; do while [ ! -e "$GATES/$n" ]; do sleep 0.05; done; echo "line $n of the log"; done`;
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [{ runtime: 'command', name: 'talker', command: ['sh', '-c', script], folder, environment: { GATES: folder } }],
  });
  await switchyard.goTo(`/queue/${ids[0]}`);
  const panel = page.getByRole('complementary', { name: `Job ${ids[0]}` });
  await expect(panel).toContainText('Nothing printed yet.');
  await expect(panel).toContainText(/Running \d+ (s|min)/);
  const log = panel.getByRole('log');
  await writeFile(gate('1'), '');
  await expect(log).toContainText('line 1 of the log');
  await expect(log).not.toContainText('line 2');
  await writeFile(gate('2'), '');
  await expect(log).toContainText('line 2 of the log');
  await writeFile(gate('3'), '');
  await expect(log).toContainText('line 3 of the log');
  await expect(panel).toContainText('Done at');
  await expect(panel.getByRole('button', { name: 'Cancel' })).toBeHidden();
  await expect(panel.getByRole('button', { name: 'Retry' })).toBeVisible();
});

test('a waiting job says why, and names the job it waits for', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [{ runtime: 'command', name: 'first-one', command: ['sleep', '600'], folder: '/' }],
  });
  const first = ids[0] ?? 0;
  await rest.ask('POST', '/jobs', {
    jobs: [{ runtime: 'command', name: 'second-one', command: ['true'], folder: '/', after: [first] }],
  });
  await switchyard.goTo(`/queue/${first + 1}`);
  const panel = page.getByRole('complementary', { name: `Job ${first + 1}` });
  await expect(panel).toContainText('Waits for first-one to finish.');
  await panel.getByRole('link', { name: 'first-one' }).click();
  await expect(page.getByRole('complementary', { name: `Job ${first}` })).toContainText('Running');

  await page
    .getByRole('complementary', { name: `Job ${first}` })
    .getByRole('button', { name: 'Cancel' })
    .click();
  await expect(page.getByRole('complementary', { name: `Job ${first}` })).toContainText('Cancelled');
  await page.goBack();
  await expect(panel).toContainText('first-one, which it waits for, did not succeed.');
});

test('a failed job shows its exit code and log, and is retried from the panel', async ({ switchyard }) => {
  const { page, rest, folder } = switchyard;
  const script = 'echo "attempt at work"; test -e allowed || { echo "cannot yet" >&2; exit 3; }';
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', {
    jobs: [{ runtime: 'command', name: 'second-time-lucky', command: ['sh', '-c', script], folder }],
  });
  await switchyard.goTo(`/queue/${ids[0]}`);
  const panel = page.getByRole('complementary', { name: `Job ${ids[0]}` });
  await expect(panel).toContainText('The command ended with exit code 3.');
  await panel.getByRole('tab', { name: 'Log' }).click();
  await expect(panel.getByRole('log')).toContainText('cannot yet');
  await writeFile(join(folder, 'allowed'), '');
  await panel.getByRole('button', { name: 'Retry' }).click();
  await expect(panel).toContainText('Done at');
  await expect(panel.getByRole('log')).not.toContainText('cannot yet');
  await panel.getByRole('tab', { name: 'Record' }).click();
  await expect(panel.getByRole('tabpanel')).toContainText('attempt 2');
});

test('Esc closes the panel, a link opens it at its tab, and a wrong number says so', async ({ switchyard }) => {
  const { page, rest } = switchyard;
  await rest.ask('POST', '/queue/pause');
  await rest.ask('POST', '/jobs', { jobs: [{ runtime: 'command', name: 'waits', command: ['true'], folder: '/' }] });
  await switchyard.goTo('/queue/1/record');
  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await expect(panel.getByRole('tab', { name: 'Record' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(page.getByRole('grid', { name: 'Queue' })).toContainText('waits');
  await switchyard.goTo('/queue/999');
  await expect(page.getByRole('complementary', { name: 'Job 999' })).toContainText('There is no job 999');
});
