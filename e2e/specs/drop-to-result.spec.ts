import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, samples, test } from '../fixtures/switchyard.ts';
import { repository } from '../switchyard.ts';

test('a picture dropped on the window ends as text with a box around each line', async ({ switchyard }) => {
  const { page } = switchyard;
  await expect(page.getByText('Nothing runs.')).toBeVisible();

  const dragged = await switchyard.drag([join(samples, 'notice.png')]);
  const overlay = page.getByRole('status').filter({ hasText: 'Drop it to see what can be done' });
  await expect(overlay).toContainText('1 picture');
  await expect(overlay).toContainText('Read text finds the text in pictures');
  await expect(overlay).toContainText('nothing starts before you say so');
  await dragged.drop();

  await expect(overlay).toBeHidden();
  await expect(page.getByText('notice.png')).toBeVisible();
  const choice = page.getByRole('radio', { name: /^Read text/ });
  await choice.check();
  await page.getByRole('button', { name: 'Read text: 1 file' }).click();

  const panel = page.getByRole('complementary', { name: 'Job 1' });
  const picture = panel.getByRole('img', { name: /^notice\.png with \d+ lines of text$/ });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((node) => (node as unknown as { naturalWidth: number }).naturalWidth)).toBeGreaterThan(100);
  const lines = panel.getByRole('listitem').filter({ has: page.locator('.found') });
  const count = await lines.count();
  expect(count).toBeGreaterThan(2);
  await expect(panel.locator('figure polygon')).toHaveCount(count);
  await expect(lines.first()).toContainText(/\w{3,}/);

  // A line and its box point at each other.
  await lines.nth(1).hover();
  await expect(panel.locator('figure polygon').nth(1)).toHaveClass(/sel/);
  await panel.getByRole('checkbox', { name: 'Boxes' }).uncheck();
  await expect(panel.locator('figure polygon')).toHaveCount(0);
});

test('of two models dropped together each is offered by its name', async ({ switchyard }) => {
  const { page } = switchyard;
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  const models = ['wine_mlp.onnx', 'digits_cnn.onnx'].map((name) => join(repository, 'resources/models', name));
  await (await switchyard.drag(models)).drop();
  await page.getByRole('radio', { name: 'Run digits_cnn.onnx on inputs of yours.' }).check();
  await expect(page.getByRole('heading', { name: 'digits_cnn.onnx wants 1 input' })).toBeVisible();
});

test('a sound dropped on the window ends as stretches of speech on a time line', async ({ switchyard }) => {
  const { page } = switchyard;
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  const dragged = await switchyard.drag([join(samples, 'announcement.wav')]);
  await expect(page.getByText('1 sound')).toBeVisible();
  await dragged.drop();
  await page.getByRole('button', { name: 'Find speech: 1 file' }).click();

  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await expect(panel.getByRole('img', { name: 'Wave form' })).toBeVisible();
  await expect(panel.getByRole('img', { name: 'How likely speech is' })).toBeVisible();
  const stretches = panel.locator('.segments > i');
  const rows = panel.locator('.segment-list tbody tr');
  await expect(rows.first()).toBeVisible();
  expect(await stretches.count()).toBe(await rows.count());

  // The bytes of the sound itself came along and can be played.
  await expect(panel.getByRole('button', { name: 'Play' })).toBeEnabled();
  await expect.poll(() => panel.locator('audio').evaluate((node) => (node as unknown as { duration: number }).duration)).toBeGreaterThan(1);
});

test('a model with its input runs, shows its tensors, and an output can be kept', async ({ switchyard }) => {
  const { page, folder } = switchyard;
  const input = join(folder, 'x.json');
  const [, secondLine = ''] = (await readFile(join(samples, 'wines.csv'), 'utf8')).split('\n');
  await writeFile(input, JSON.stringify([secondLine.split(',').map(Number)]));
  await expect(page.getByText('Nothing runs.')).toBeVisible();

  const dragged = await switchyard.drag([join(repository, 'resources/models/wine_mlp.onnx'), input]);
  await dragged.drop();
  await expect(page.getByRole('heading', { name: 'wine_mlp.onnx wants 1 input' })).toBeVisible();
  await page.getByRole('button', { name: 'Run the model' }).click();

  const panel = page.getByRole('complementary', { name: 'Job 1' });
  await expect(panel.getByRole('heading', { name: /^probs/ })).toContainText('float32 1 × 3');
  // One value for each cultivar, as they stand in the file.
  const values = panel.getByRole('region', { name: 'First values of probs' }).getByRole('cell');
  await expect(values).toHaveCount(3);
  const sum = (await values.allTextContents()).reduce((total, text) => total + Number(text), 0);
  expect(sum).toBeCloseTo(1, 4);

  const name = 'probs.npy';
  const saved = await switchyard.save(() => panel.getByRole('button', { name: `Save ${name}` }).click());
  expect(saved.name).toBe(name);
  expect(saved.content.subarray(0, 6).toString('latin1')).toBe('\u0093NUMPY');
});
