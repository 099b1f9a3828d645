import { open, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright/test';
import { expect, samples, test, type Switchyard } from '../fixtures/switchyard.ts';
import { repository } from '../switchyard.ts';

/* What is wrong is said in one sentence where the action was pressed or in the job's panel, and the window goes on. */

const wine = join(repository, 'resources', 'models', 'wine_mlp.onnx');
const row = [14.2, 1.7, 2.4, 15.6, 127, 2.8, 3.1, 0.28, 2.3, 5.6, 1.04, 3.9, 1065];

/** One alert on the page, and it is that sentence. */
const expectAlert = async ({ page }: Switchyard, sentence: RegExp): Promise<void> => {
  await expect(page.getByRole('alert')).toHaveText(sentence);
  await expectNoTrace(page.locator('body'));
};

/** The job failed and its panel leads with that sentence. */
const expectFailed = async ({ page }: Switchyard, job: number, sentence: RegExp): Promise<void> => {
  const panel = page.getByRole('complementary', { name: `Job ${job}`, exact: true });
  await expect(panel.getByRole('tab', { name: 'Why it failed', selected: true })).toBeVisible();
  await expect(panel.getByRole('tabpanel')).toHaveText(sentence);
  await panel.getByRole('tab', { name: 'Log' }).click();
  await expectNoTrace(page.locator('body'));
};

const expectNoTrace = async (place: Locator): Promise<void> => {
  expect(await place.innerText()).not.toMatch(/Something went wrong|Error:|node:|\bundefined\b|\bat \S+:\d+:\d+/);
};

/** A file of the test's own, dropped on the window. */
const dropNew = async (switchyard: Switchyard, files: Record<string, string | Uint8Array>): Promise<void> => {
  const paths = Object.keys(files).map((name) => join(switchyard.folder, name));
  for (const [name, content] of Object.entries(files)) await writeFile(join(switchyard.folder, name), content);
  await dropFiles(switchyard, paths);
};

const dropFiles = async (switchyard: Switchyard, paths: readonly string[]): Promise<void> => {
  await (await switchyard.drag(paths)).drop();
};

/** Four gigabytes that take no room on the disk. */
const makeSparse = async (path: string): Promise<string> => {
  const file = await open(path, 'w');
  await file.truncate(4 * 1024 ** 3);
  await file.close();
  return path;
};

const leaveOut = ({ page }: Switchyard, name: string): Promise<void> => page.getByRole('button', { name: `Leave ${name} out` }).click();
const submitButton = ({ page }: Switchyard, name: string): Locator => page.getByRole('button', { name, exact: true });

/** After all that a good job of the same window succeeds. */
const expectGoodJob = async (switchyard: Switchyard, job: number): Promise<void> => {
  const { page } = switchyard;
  await dropFiles(switchyard, [join(samples, 'digit.png')]);
  await page.getByRole('radio', { name: /^Read a digit/ }).check();
  await submitButton(switchyard, 'Read a digit: 1 file').click();
  await expect(page.getByRole('complementary', { name: `Job ${job}`, exact: true })).toContainText('Done at');
  await expect(page.getByRole('alert')).toHaveCount(0);
};

const ready = ({ page }: Switchyard): Promise<void> => expect(page.getByText('Nothing runs.')).toBeVisible();

test('a model that is cut, is text or is far too large is refused where it was dropped', async ({ switchyard }) => {
  await ready(switchyard);
  await dropNew(switchyard, { 'cut.onnx': (await readFile(wine)).subarray(0, 2000) });
  await expectAlert(switchyard, /^cut\.onnx is not a readable ONNX model: .+\. Check that the file is whole\.$/);
  await leaveOut(switchyard, 'cut.onnx');

  await dropNew(switchyard, { 'text.onnx': 'this is only text\n'.repeat(50) });
  await expectAlert(switchyard, /^text\.onnx is not a readable ONNX model: .+\. Check that the file is whole\.$/);
  await leaveOut(switchyard, 'text.onnx');

  await dropFiles(switchyard, [await makeSparse(join(switchyard.folder, 'sparse.onnx'))]);
  await expectAlert(switchyard, /^sparse\.onnx is 4\.3 GB; the most that can be used here is 2\.1 GB\.$/);
  await expect(submitButton(switchyard, 'Run the model')).toHaveCount(0);
  await leaveOut(switchyard, 'sparse.onnx');
  await expectGoodJob(switchyard, 1);
});

/** A `.npy` of one row of zeros as float64. */
const float64Row = (): Buffer => {
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 13), }".padEnd(117) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header), Buffer.alloc(104)]);
};

test('an input that is missing cannot be submitted; one of a wrong type or rank fails with what is wanted', async ({ switchyard }) => {
  const { page, folder } = switchyard;
  await ready(switchyard);
  await dropFiles(switchyard, [wine]);
  await expect(page.getByText('Choose a file for x.', { exact: true })).toBeVisible();
  await expect(submitButton(switchyard, 'Run the model')).toBeDisabled();

  await writeFile(join(folder, 'x.npy'), float64Row());
  await page.getByLabel('File for x').setInputFiles(join(folder, 'x.npy'));
  await submitButton(switchyard, 'Run the model').click();
  await expectFailed(switchyard, 1, /^Input x is float64; the model wants float32\.$/);

  await writeFile(join(folder, 'x.json'), JSON.stringify(row));
  await dropFiles(switchyard, [wine, join(folder, 'x.json')]);
  await submitButton(switchyard, 'Run the model').click();
  await expectFailed(switchyard, 2, /^Input x has shape \[13\]; the model wants \[N, 13\]\.$/);
  await expectGoodJob(switchyard, 3);
});

test('a picture of no bytes, of 4 GB, or cut off says so, and so does a file that nothing takes', async ({ switchyard }) => {
  const { page, folder, rest } = switchyard;
  const readText = async (): Promise<void> => {
    await page.getByRole('radio', { name: /^Read text/ }).check();
    await submitButton(switchyard, 'Read text: 1 file').click();
  };
  await ready(switchyard);
  await dropNew(switchyard, { 'notes.xyz': 'nothing takes this' });
  await expect(
    page.getByRole('alert').filter({ hasText: /^None of these files is of a kind that can be used here\. These are: \.onnx / }),
  ).toBeVisible();
  await expect(page.locator('.submit')).toHaveCount(0);
  await leaveOut(switchyard, 'notes.xyz');

  await dropNew(switchyard, { 'empty.png': '' });
  await readText();
  await expectAlert(switchyard, /^empty\.png is empty \(0 bytes\)\. Choose a file with content\.$/);
  await leaveOut(switchyard, 'empty.png');

  await dropFiles(switchyard, [await makeSparse(join(folder, 'sparse.png'))]);
  // Nothing of it is sent, so the core has no time to spend on it.
  const uploads: string[] = [];
  page.on('request', (request) => request.method() === 'PUT' && uploads.push(request.url()));
  await readText();
  await expectAlert(switchyard, /^sparse\.png is 4\.3 GB; the most that can be used here is 2\.1 GB\.$/);
  expect(uploads).toEqual([]);
  await leaveOut(switchyard, 'sparse.png');
  expect(await rest.ask('GET', '/jobs?limit=10')).toMatchObject({ rows: [] });

  const notice = await readFile(join(samples, 'notice.png'));
  await dropNew(switchyard, { 'cut.png': notice.subarray(0, notice.length / 2) });
  await readText();
  await expectFailed(switchyard, 1, /^cut\.png is not a readable picture file: .+ Check that it is whole and of that kind\.$/);
  await expectGoodJob(switchyard, 2);
});

test('a command in a folder that is not there, or with more cores than there are, is refused beside its button', async ({ switchyard }) => {
  const { page } = switchyard;
  await ready(switchyard);
  await switchyard.goTo('/run');
  await page.getByRole('group', { name: 'What to run' }).getByText('Command', { exact: true }).click();
  const folder = page.getByRole('textbox', { name: 'Folder', exact: true });
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('true');
  await folder.fill('/nowhere/at/all');
  await submitButton(switchyard, 'Run the command').click();
  await expectAlert(switchyard, /^The folder \/nowhere\/at\/all does not exist\. Make it, or submit the job again with another folder\.$/);

  // What is too long for a name or a group cannot be typed.
  for (const [label, longest] of [
    ['Name', 200],
    ['Group', 100],
  ] as const) {
    const field = page.getByRole('textbox', { name: label, exact: true });
    await field.focus();
    await page.keyboard.insertText('x'.repeat(longest + 50));
    await expect(field).toHaveValue('x'.repeat(longest));
  }

  await folder.fill('/');
  await page.getByRole('textbox', { name: 'Cores', exact: true }).fill('4000');
  await submitButton(switchyard, 'Run the command').click();
  const cores = availableParallelism();
  await expectAlert(switchyard, new RegExp(`^It asks for 4,?000 cores and this machine has ${cores}\\. Ask for fewer cores\\.$`));

  await page.getByRole('textbox', { name: 'Cores', exact: true }).fill('');
  await submitButton(switchyard, 'Run the command').click();
  await expect(page.getByRole('complementary', { name: 'Job 1', exact: true })).toContainText('Done at');
  await expectGoodJob(switchyard, 2);
});
