import type { Locator, Page } from 'playwright/test';
import { expect, test } from '../fixtures/switchyard.ts';

const block = (page: Page): Locator => page.getByRole('region', { name: 'Reservations' });

test('cores are reserved for a group in the form: others wait and say why, its own jobs start; removed, the others start', async ({
  switchyard,
}) => {
  const { page, rest } = switchyard;
  const { devices } = await rest.ask<{ devices: { id: string; cores?: number }[] }>('GET', '/devices');
  const cores = devices.find(({ id }) => id === 'cpu')?.cores ?? 1;
  await switchyard.goTo('/scheduler');
  await expect(block(page)).toContainText('Nothing is reserved');
  await block(page).getByRole('button', { name: 'Reserve for a group' }).click();
  const form = block(page).getByRole('form', { name: 'Reserve for a group' });
  const reserve = form.getByRole('button', { name: 'Reserve' });
  await form.getByRole('textbox', { name: 'Group' }).fill('lab');
  await expect(form).toContainText('Name cores, memory or devices.');
  await form.getByRole('textbox', { name: 'Cores' }).fill(String(cores));
  await expect(form).toContainText('Say when it ends');
  await expect(reserve).toBeDisabled();
  await form.getByRole('textbox', { name: 'To' }).fill('20h');
  await form.getByRole('combobox', { name: 'Repeats' }).selectOption('Every day');
  await reserve.click();
  const line = block(page).getByRole('row').filter({ hasText: 'lab' });
  await expect(line).toContainText('Every day');
  await expect(line).toContainText('now');
  await expect(page.getByRole('region', { name: 'Plan' })).toContainText('reserved for lab');
  expect((await switchyard.commandLine('reservations')).stdout).toMatch(/1 +lab +\d+ cores/);

  const submit = async (name: string, group: string) => {
    const job = { runtime: 'command', name, group, command: ['sleep', '600'], folder: '/', resources: { cores, memoryBytes: 16e6 } };
    return (await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: [job] })).ids[0] ?? 0;
  };
  const other = await submit('other', 'vision');
  await switchyard.goTo(`/queue/${other}/why`);
  await expect(page.getByRole('complementary')).toContainText('Reserved for lab from');
  const own = await submit('own', 'lab/alice');
  await expect.poll(() => rest.ask('GET', `/jobs/${own}`)).toMatchObject({ state: { kind: 'running' } });
  await rest.ask('POST', '/jobs/cancel', { ids: [own] });
  await expect.poll(() => rest.ask('GET', `/jobs/${own}`)).toMatchObject({ state: { kind: 'cancelled' } });
  await expect.poll(() => rest.ask('GET', `/jobs/${other}`)).toMatchObject({ state: { kind: 'pending' }, wait: { code: 'reserved-time' } });

  await switchyard.goTo('/scheduler');
  await line.getByRole('button', { name: /^Remove the reservation/ }).click();
  await expect(block(page)).toContainText('Nothing is reserved');
  await expect.poll(() => rest.ask('GET', `/jobs/${other}`)).toMatchObject({ state: { kind: 'running' } });
});

test('memory is reserved in the form, and what others still run is ended for it where that allows it and named where not', async ({
  switchyard,
}) => {
  const { page, rest } = switchyard;
  const { devices } = await rest.ask<{ devices: { id: string; cores?: number }[] }>('GET', '/devices');
  const cores = devices.find(({ id }) => id === 'cpu')?.cores ?? 1;
  const ofJob = { runtime: 'command', command: ['sleep', '600'], folder: '/', resources: { cores, memoryBytes: 16e6 } };
  const submit = async (values: object) =>
    (await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: [{ ...ofJob, ...values }] })).ids[0] ?? 0;
  const kindOf = async (id: number) => (await rest.ask<{ state: { kind: string } }>('GET', `/jobs/${id}`)).state.kind;
  const train = await submit({ name: 'train', preemptible: { graceSeconds: 2 } });
  await expect.poll(() => kindOf(train)).toBe('running');
  await switchyard.goTo('/scheduler');
  await block(page).getByRole('button', { name: 'Reserve for a group' }).click();
  const form = block(page).getByRole('form', { name: 'Reserve for a group' });
  await form.getByRole('textbox', { name: 'Group' }).fill('lab');
  await form.getByRole('textbox', { name: 'Cores' }).fill(String(cores));
  await form.getByRole('textbox', { name: 'Memory' }).fill('much');
  await expect(form).toContainText('Give memory as a size');
  await form.getByRole('textbox', { name: 'Memory' }).fill('64 MB');
  await form.getByRole('textbox', { name: 'To' }).fill('20h');
  await form.getByRole('checkbox', { name: 'When it begins, end preemptible jobs of others in it' }).check();
  await form.getByRole('button', { name: 'Reserve' }).click();
  const line = block(page).getByRole('row').filter({ hasText: 'lab' });
  await expect(line).toContainText('64 MB of memory');
  await expect(line).toContainText('ends preemptible jobs of others');
  await expect.poll(() => kindOf(train)).toBe('pending');
  await switchyard.goTo(`/queue/${train}/record`);
  await expect(page.getByRole('complementary')).toContainText('Made room for reservation 1 of lab.');

  await switchyard.goTo('/scheduler');
  await line.getByRole('button', { name: /^Remove the reservation/ }).click();
  await expect(block(page)).toContainText('Nothing is reserved');
  await rest.ask('POST', '/jobs/cancel', { ids: [train] });
  await expect.poll(() => kindOf(train)).toBe('cancelled');
  const keeper = await submit({ name: 'keeper' });
  await expect.poll(() => kindOf(keeper)).toBe('running');
  await rest.ask('POST', '/queue/reservations', { group: 'lab', cores, startsAt: Date.now(), endsAt: Date.now() + 3_600_000 });
  await expect(line).toContainText(`held up by #${keeper} keeper`);
});

test('what the core does not take says why in the form', async ({ switchyard }) => {
  const { page } = switchyard;
  await switchyard.goTo('/scheduler');
  await block(page).getByRole('button', { name: 'Reserve for a group' }).click();
  const form = block(page).getByRole('form', { name: 'Reserve for a group' });
  await form.getByRole('textbox', { name: 'Group' }).fill('lab');
  await form.getByRole('textbox', { name: 'Cores' }).fill('4000');
  await form.getByRole('textbox', { name: 'To' }).fill('2h');
  switchyard.expectErrors(/4\d\d/);
  await page.keyboard.press('Enter');
  await expect(form.getByRole('alert')).toContainText('4,000 cores are more than can be reserved then');
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
});
