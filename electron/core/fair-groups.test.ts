import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { layoutOf } from './infrastructure/storage/layout.ts';
import type { Outcome } from './ports.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const success: Outcome = {
  kind: 'succeeded',
  exitCode: 0,
  artifacts: [],
  ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 },
};

test('what is set for groups, and what they have used, is known to the next core', async () => {
  let now = 1_000_000;
  const core = await open({ now: () => now });
  await core.client.scheduler.setPolicy({ policy: 'fair' });
  await core.client.scheduler.setGroup({ name: 'lab', weight: 3, quota: { cores: 2, devices: { gpu: 1 } } });
  await core.client.scheduler.setGroup({ name: 'lab', quota: { cores: null } });
  const [id] = await core.submit({ group: 'lab/alice', resources: { cores: 2 } });
  const attempt = await core.command.started(1);
  now += 3_600_000;
  attempt.end(success);
  await core.client.jobs.wait({ id: id! });
  const { groups } = await core.client.scheduler.groups();
  expect(groups).toMatchObject([
    { name: 'lab', weight: 3, quota: { devices: { gpu: 1 } }, used: { coreSeconds: expect.closeTo(7100, -2) } },
    { name: 'lab/alice', weight: 1, quota: {}, used: { coreSeconds: expect.closeTo(7100, -2) } },
  ]);
  await core.close();
  const next = await open({ dataFolder: core.dataFolder, now: () => now });
  expect((await next.client.app.status()).policy).toBe('fair');
  const later = (await next.client.scheduler.groups()).groups;
  expect(later.map(({ name, weight, quota }) => ({ name, weight, quota }))).toEqual(
    groups.map(({ name, weight, quota }) => ({ name, weight, quota })),
  );
  expect(later[1]?.used.coreSeconds).toBeCloseTo(groups[1]!.used.coreSeconds, 3);
});

test('a setting is in the journal before it is answered', async () => {
  const core = await open();
  await core.client.scheduler.setGroup({ name: 'lab', weight: 2 });
  const database = new DatabaseSync(layoutOf(core.dataFolder).journal, { readOnly: true });
  try {
    expect(database.prepare("SELECT value FROM settings WHERE name = 'group lab'").get()).toEqual({ value: '{"weight":2,"quota":{}}' });
  } finally {
    database.close();
  }
});

test('a weight that would never let a job start is refused and changes nothing', async () => {
  const core = await open();
  for (const weight of [0, -1]) {
    await expect(core.client.scheduler.setGroup({ name: 'lab', weight })).rejects.toMatchObject({
      data: { reason: { code: 'group-weight', values: { group: 'lab', weight } } },
    });
  }
  expect(await core.client.scheduler.groups()).toEqual({ groups: [] });
});

test('a journal that knows nothing of groups, or names an order of a later version, opens', async () => {
  const core = await open();
  await core.close();
  const database = new DatabaseSync(layoutOf(core.dataFolder).journal);
  database.exec(`INSERT INTO settings VALUES ('policy', 'lottery')`);
  database.close();
  const next = await open({ dataFolder: core.dataFolder });
  expect((await next.client.app.status()).policy).toBe('priority');
});
