import { expect, test } from 'vitest';
import type { JobSpec } from '../../../../shared/model/job.ts';
import { createSharing } from './sharing.ts';

const job = (command: readonly string[], environment: Record<string, string> = {}): JobSpec => ({
  runtime: 'command',
  command: [...command],
  folder: '/tmp',
  environment,
  group: 'default',
  priority: 0,
  retries: 0,
  resources: { cores: 1 },
  after: [],
});

test('jobs that are alike are one object, and others share what they have alike', () => {
  const sharing = createSharing();
  const first = sharing.spec(job(['train', '1'], { SEED: '1' }));
  expect(first).toEqual(job(['train', '1'], { SEED: '1' }));
  expect(sharing.spec(job(['train', '1'], { SEED: '1' }))).toBe(first);
  const other = sharing.spec(job(['train', '2'], { SEED: '1' }));
  expect(other).toEqual(job(['train', '2'], { SEED: '1' }));
  expect(other.resources).toBe(first.resources);
  expect('environment' in other && 'environment' in first && other.environment === first.environment).toBe(true);
});

test('demands are kept apart by every value', () => {
  const sharing = createSharing();
  const demand = { cores: 1, memoryBytes: 5, memoryFrom: 'default' } as const;
  const shared = sharing.demand({ ...demand });
  expect(sharing.demand({ ...demand })).toBe(shared);
  expect(sharing.demand({ ...demand, inputBytes: 3 })).toEqual({ ...demand, inputBytes: 3 });
});

test('however many different jobs come, each is what it was', () => {
  const sharing = createSharing();
  for (let seed = 0; seed < 5000; seed += 1) expect(sharing.spec(job(['train', String(seed)]))).toEqual(job(['train', String(seed)]));
});
