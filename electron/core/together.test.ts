import { expect, test } from 'vitest';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

test('of what is submitted together the most important starts first, though all would have to wait for it', async () => {
  const core = await open();
  const [cheap, urgent] = await core.submit({ resources: { cores: 2 }, priority: 1 }, { resources: { cores: 2 }, priority: 2 });
  const attempt = await core.command.started(1);
  expect(attempt.run.task).toBe(String(urgent));
  expect((await core.client.jobs.get({ id: cheap! })).state.kind).toBe('pending');
});
