import { AxeBuilder } from '@axe-core/playwright';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { eightGpus } from '../fixtures/device-machine.ts';
import { expect, samples, test, type Switchyard } from '../fixtures/switchyard.ts';

/** Jobs in the states that a page shows: one done with a picture, one failed, one running, two waiting, one held. */
const fillQueue = async ({ rest, commandLine }: Switchyard): Promise<void> => {
  expect((await commandLine('app', 'ocr', join(samples, 'notice.png'))).code).toBe(0);
  expect((await commandLine('app', 'vad', join(samples, 'announcement.wav'))).code).toBe(0);
  expect((await commandLine('app', 'wine', join(samples, 'wines.csv'))).code).toBe(0);
  const command = (name: string, script: string, more: object = {}) => ({
    runtime: 'command',
    name,
    group: 'nightly',
    command: ['sh', '-c', script],
    folder: '/',
    ...more,
  });
  await rest.ask('POST', '/jobs', { jobs: [command('fails', 'echo what went wrong; exit 7')] });
  await expect.poll(() => rest.ask('GET', '/status')).toMatchObject({ counts: { failed: 1 } });
  await rest.ask('POST', '/jobs', { jobs: [command('runs', 'echo started; sleep 3000')] });
  await rest.ask('POST', '/jobs', { jobs: [command('waits', 'true', { after: [5] }), command('held', 'true', { after: [5] })] });
  await rest.ask('POST', '/jobs/hold', { ids: [7] });
};

const violations = async (page: Page): Promise<unknown[]> => {
  // Half-way from one colour to another there may be too little contrast for a moment.
  await page.evaluate(`
    Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)).then(() => {})
  `);
  // Legacy mode stays in this page; the other one opens a second page, which the desktop denies.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => [target.join(' '), failureSummary]) }));
};

const places = [
  ['Overview', '/'],
  ['Queue', '/queue'],
  ['text in a picture', '/queue/1/result'],
  ['speech in a sound', '/queue/2/result'],
  ['labels', '/queue/3/result'],
  ['why a job failed', '/queue/4/why'],
  ['a log', '/queue/5/log'],
  ['why a job waits', '/queue/6/why'],
  ['where a job ran', '/queue/1/ranOn'],
  ['the record of a job', '/queue/1/record'],
  ['Devices', '/devices'],
  ['Scheduler', '/scheduler'],
  ['a job beside the plan', '/scheduler/6/why'],
  ['Run', '/run'],
] as const;

const chooseTheme = async (page: Page, theme: 'Light' | 'Dark'): Promise<void> => {
  await page.getByRole('button', { name: 'Theme and language' }).click();
  await page.getByRole('group', { name: 'Theme', exact: true }).getByText(theme, { exact: true }).click();
};

for (const theme of ['Light', 'Dark'] as const) {
  test(`axe finds nothing serious on any page, ${theme.toLowerCase()}`, async ({ switchyard }) => {
    // A look takes seconds on a machine that has other work.
    test.slow();
    const { page } = switchyard;
    await fillQueue(switchyard);
    await chooseTheme(page, theme);
    for (const [name, place] of places) {
      await switchyard.goTo(place);
      await expect(page.getByRole('main')).toBeVisible();
      if (/^\/(queue|scheduler)\//.test(place)) await expect(page.getByRole('tabpanel')).toBeVisible();
      expect.soft(await violations(page), name).toEqual([]);
    }
  });

  test(`axe finds nothing serious in menus and forms, ${theme.toLowerCase()}`, async ({ switchyard }) => {
    const { page } = switchyard;
    await chooseTheme(page, theme);
    expect.soft(await violations(page), 'the settings menu').toEqual([]);
    await page.keyboard.press('Escape');
    await switchyard.goTo('/scheduler');
    await page.getByRole('button', { name: 'Add group' }).click();
    expect.soft(await violations(page), 'naming a group').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show as a table' }).click();
    expect.soft(await violations(page), 'the plan as a table').toEqual([]);
    await switchyard.goTo('/run');
    for (const way of ['Command', 'Container']) {
      await page.getByRole('group', { name: 'What to run' }).getByText(way).click();
      expect.soft(await violations(page), way).toEqual([]);
    }
    const dragged = await switchyard.drag([join(samples, 'notice.png')]);
    expect.soft(await violations(page), 'while a file is dragged').toEqual([]);
    await dragged.drop();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    expect.soft(await violations(page), 'the palette').toEqual([]);
  });
}

for (const theme of ['Light', 'Dark'] as const) {
  test.describe('with many devices', () => {
    test.use({ hasDevices: true });
    test(`axe finds nothing serious on the pages of devices, ${theme.toLowerCase()}`, async ({ switchyard }) => {
      const { page, rest, machine } = switchyard;
      await rest.ask('POST', '/devices/gpu3/drain', { note: 'new fan' });
      machine?.write({ gpus: eightGpus(), processes: [{ gpu: 0, pid: 1, bytes: 1e9 }] });
      await chooseTheme(page, theme);
      for (const [name, place] of [
        ['Overview', '/'],
        ['Devices', '/devices'],
        ['a GPU', '/devices/gpu0'],
        ['the processor', '/devices/cpu'],
        ['Scheduler', '/scheduler'],
        ['Run', '/run'],
      ] as const) {
        await switchyard.goTo(place);
        await expect(page.getByRole('main')).toBeVisible();
        expect.soft(await violations(page), name).toEqual([]);
      }
      await switchyard.goTo('/devices/gpu0');
      await page.getByRole('button', { name: 'Adopt process 1' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      expect.soft(await violations(page), 'what cannot be adopted').toEqual([]);
      await switchyard.goTo('/devices/cpu');
      await page.getByRole('button', { name: 'Split' }).click();
      expect.soft(await violations(page), 'splitting').toEqual([]);
      await switchyard.goTo('/devices');
      await page.getByRole('button', { name: 'Show as a table' }).click();
      expect.soft(await violations(page), 'the table beside the graphs').toEqual([]);
    });
  });
}

test('axe bites: a field without a name is found', async ({ switchyard }) => {
  const { page } = switchyard;
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  await page.evaluate("document.querySelector('main').append(document.createElement('input'))");
  expect(await violations(page)).toMatchObject([{ id: 'label' }]);
});
