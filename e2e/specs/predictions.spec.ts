import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRequest } from '../../shared/model/job.ts';
import { wineValues } from '../bench/jobs.ts';
import { expect, test } from '../fixtures/switchyard.ts';
import { repository } from '../switchyard.ts';

test('a waiting model says what it should take and need in a warm worker, and the scheduler’s page how good that is', async ({
  switchyard,
}) => {
  const { page, rest, folder } = switchyard;
  const path = join(folder, 'wine.json');
  await writeFile(path, JSON.stringify([wineValues]));
  const model = { path: join(repository, 'resources/models/wine_mlp.onnx') };
  const wine: JobRequest = { runtime: 'onnx', name: 'wine', model, inputs: [{ name: 'x', file: { path } }] };
  const submit = async (): Promise<number> => {
    const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: [wine] });
    return ids[0] ?? 0;
  };
  for (let count = 0; count < 5; count += 1) await rest.ask('GET', `/jobs/${await submit()}/wait`);
  await rest.ask('POST', '/queue/pause');
  const id = await submit();
  await switchyard.goTo(`/queue/${id}/why`);
  const panel = page.getByRole('complementary', { name: `Job ${id}` });
  await expect(panel).toContainText(/Should take about .* in a worker that is warm, from 4 runs of the same model on as much input\./);
  await expect(panel).toContainText(/Should need up to about \d.* of memory/);
  await expect(panel).toContainText(/For such work in a warm worker on cpu the time was off by [\d,]+ % on average in \d predictions/);

  await switchyard.goTo('/scheduler');
  await page.getByText('How well runs are predicted').click();
  const table = page.getByRole('table', { name: 'How well runs are predicted' });
  await expect(table.getByRole('row').filter({ hasText: 'warm' })).toContainText('wine_mlp.onnx');
  await rest.ask('POST', '/queue/resume');
});
