import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLifetime } from '../../../lib/lifetime.ts';
import { createMetricsStore } from './metrics-store.ts';

const threadEntry = join(import.meta.dirname, '../../../../metrics-thread.ts');

test('a thread of its own keeps what is measured, tells its troubles and is closed with what it has', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-metrics-'));
  const file = join(folder, 'metrics.db');
  writeFileSync(file, 'no database, but long enough to be looked at '.repeat(100));
  const warnings: string[] = [];
  const open = () => {
    const lifetime = createLifetime();
    return { lifetime, store: createMetricsStore({ file, threadEntry, lifetime, onWarning: (text) => void warnings.push(text) }) };
  };
  const at = Date.now() - 10_000;
  const query = { from: at, to: at + 10_000 };
  const first = open();
  for (let second = 0; second < 3; second += 1)
    first.store.add({ at: at + second * 1000, readings: [{ subject: 'device:cpu', values: { utilization: second } }] });
  await first.lifetime.dispose();
  await expect(first.store.series({ subject: 'device:cpu', quantity: 'utilization', ...query, points: 10 })).rejects.toThrow('closing');
  const again = open();
  const { points } = await again.store.series({ subject: 'device:cpu', quantity: 'utilization', ...query, points: 10 });
  expect(points.map(({ mean }) => mean)).toEqual([0, 1, 2]);
  expect(await again.store.means({ of: 'device', quantities: ['utilization'], ...query })).toEqual([
    { subject: 'device:cpu', quantity: 'utilization', mean: 1, weight: 3 },
  ]);
  await again.lifetime.dispose();
  expect(warnings).toEqual([expect.stringContaining('.unreadable')]);
  rmSync(folder, { recursive: true });
});
