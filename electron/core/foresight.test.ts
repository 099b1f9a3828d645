import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../shared/model/job.ts';
import { PolicyName } from '../../shared/contract/scheduler.ts';
import type { Remedy } from '../../shared/model/plan.ts';
import type { Outcome } from './ports.ts';
import { openTestCore, removeFolder, type TestCore } from './test-core.ts';

/* Plan, explanation and what-if through the front door; the clock is the test's, and two cores are there. */

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const beginning = 1_000_000;

let clock: number;
let core: TestCore;

const open = async (given: Parameters<typeof openTestCore>[0] = {}): Promise<void> => {
  core = await openTestCore({ dataFolder: mkdtempSync(join(tmpdir(), 'switchyard-foresight-')), now: () => clock, ...given });
};

beforeEach(() => void (clock = beginning));
afterEach(async () => {
  await core.close();
  await removeFolder(core);
  expect(core.bugs).toEqual([]);
});

const command = (name: string, values: Partial<JobRequest> = {}): Partial<JobRequest> =>
  ({ name, command: [name], ...values }) as JobRequest;

let attempts = 0;
beforeEach(() => void (attempts = 0));

/** The next job that the queue starts, with its name. */
const nextStarted = async (): Promise<{ name: string; end(): Promise<void> }> => {
  attempts += 1;
  const attempt = await core.command.started(attempts);
  return {
    name: attempt.run.spec.name ?? '',
    async end() {
      attempt.end(success);
      await core.ended(attempt.run.jobId);
    },
  };
};

/** Teaches how long each of these commands takes. */
const learn = async (seconds: Record<string, number>): Promise<void> => {
  for (const [name, taken] of Object.entries(seconds)) {
    await core.submit(command(name));
    const run = await nextStarted();
    clock += taken * 1000;
    await run.end();
  }
};

const two = { resources: { cores: 2 } };
const nameOf = ({ job }: { job: { name: string } }): string => job.name;

describe('a plan', () => {
  test('says who runs next, where and when, from what jobs took before', async () => {
    await open();
    await learn({ long: 100, short: 10 });
    await core.submit(command('long'), command('short'), command('short', two), command('long'));
    const { madeAt, runs, unplanned, beyond } = await core.client.scheduler.plan({});
    expect({ madeAt, unplanned, beyond }).toEqual({ madeAt: clock, unplanned: 0, beyond: 0 });
    expect(runs.map(({ kind, job, startsAt, endsAt = 0 }) => [kind, job.name, (startsAt - clock) / 1000, (endsAt - clock) / 1000])).toEqual(
      [
        ['running', 'long', 0, 100],
        ['running', 'short', 0, 10],
        ['planned', 'short', 100, 110],
        ['planned', 'long', 110, 210],
      ],
    );
    expect(runs[2]).toEqual({
      job: { id: 5, name: 'short' },
      group: 'default',
      kind: 'planned',
      devices: ['cpu'],
      cores: 2,
      startsAt: clock + 100_000,
      endsAt: clock + 110_000,
      endsAtLatest: clock + 2 * 110_000,
      endsFrom: 'prediction',
    });
  });

  test('of which nothing is known says so, and counts it as holding what it has', async () => {
    await open();
    await core.submit(command('never seen', two), command('behind it'));
    const { runs, unplanned } = await core.client.scheduler.plan({});
    expect(runs.map((run) => [nameOf(run), run.kind, run.endsAt])).toEqual([['never seen', 'running', undefined]]);
    expect(unplanned).toBe(1);
  });

  test('of a paused queue is what happens if it goes on now, and the rest is counted', async () => {
    await open();
    await learn({ short: 10 });
    await core.client.scheduler.pause();
    await core.submit(command('short', two), command('short', two), command('short', two));
    const { isPaused, runs, beyond } = await core.client.scheduler.plan({ limit: 2 });
    expect({ isPaused, starts: runs.map(({ startsAt }) => (startsAt - clock) / 1000), beyond }).toEqual({
      isPaused: true,
      starts: [0, 10],
      beyond: 1,
    });
  });

  test('is sent again when the queue has changed', async () => {
    await open();
    await learn({ short: 10 });
    const stop = new AbortController();
    const plans = await core.client.scheduler.watchPlan({}, { signal: stop.signal });
    expect(await plans.next()).toMatchObject({ value: { runs: [] } });
    await core.submit(command('short'));
    expect(await plans.next()).toMatchObject({ value: { runs: [{ job: { name: 'short' } }] } });
    stop.abort();
    await plans.return?.();
  });
});

/** Does what a remedy says. */
const apply = async (remedy: Remedy, id: number): Promise<unknown> => {
  const { client } = core;
  switch (remedy.code) {
    case 'run-next':
      return client.jobs.next({ ids: [id] });
    case 'resume-queue':
      return client.scheduler.resume();
    case 'release':
      return client.jobs.release({ ids: [id] });
    case 'pause-holder':
      return client.jobs.pause({ ids: [remedy.values.job.id] });
    case 'cancel-holder':
      return client.jobs.cancel({ ids: [remedy.values.job.id] });
    case 'other-policy':
      return client.scheduler.setPolicy({ policy: PolicyName.parse(remedy.values.policy) });
    case 'undrain':
      return client.devices.undrain({ id: remedy.values.device });
    case 'remove-reservation':
      return client.scheduler.removeReservation({ id: remedy.values.id });
    case 'lift-quota': {
      const { group, resource } = remedy.values;
      return client.scheduler.setGroup({ name: group, quota: resource === 'cores' ? { cores: null } : { devices: { [resource]: null } } });
    }
    case 'fewer-cores':
    case 'less-memory':
    case 'less-device-memory':
      throw new Error('a job in line cannot be made smaller');
  }
};

describe('an explanation', () => {
  test('says who is ahead, and when the job should run at the earliest and at the latest', async () => {
    await open();
    await learn({ long: 100, short: 10 });
    await core.submit(command('long', two), command('short', two), command('short'));
    expect((await core.client.jobs.get({ id: 5 })).startsAt).toBe(clock + 110_000);
    expect(await core.client.jobs.get({ id: 3 })).not.toHaveProperty('startsAt');
    expect(await core.client.jobs.explain({ id: 5 })).toMatchObject({
      job: { id: 5, name: 'short' },
      wait: { code: 'behind' },
      position: 2,
      ahead: [{ id: 4, name: 'short' }],
      aheadTotal: 1,
      startsAt: clock + 110_000,
      startsAtLatest: clock + 220_000,
      endsAt: clock + 120_000,
      endsAtLatest: clock + 240_000,
      candidates: [
        { device: 'cpu', deviceName: 'Test CPU', freeAt: clock + 110_000, p50Seconds: 10, finishesAt: clock + 120_000, isChosen: true },
      ],
    });
  });

  test.each<{ title: string; code: Remedy['code']; prepare: () => Promise<number> }>([
    {
      title: 'putting it first',
      code: 'run-next',
      async prepare() {
        await core.submit(command('a'), command('b', two), command('c'));
        return 3;
      },
    },
    {
      title: 'going on with the queue',
      code: 'resume-queue',
      async prepare() {
        await core.client.scheduler.pause();
        await core.submit(command('a'));
        return 1;
      },
    },
    {
      title: 'releasing it',
      code: 'release',
      async prepare() {
        await core.client.scheduler.pause();
        await core.submit(command('a'));
        await core.client.jobs.hold({ ids: [1] });
        await core.client.scheduler.resume();
        return 1;
      },
    },
    {
      title: 'pausing who has the cores',
      code: 'pause-holder',
      async prepare() {
        await core.submit(command('a', two), command('b'));
        return 2;
      },
    },
    {
      title: 'cancelling who has the cores',
      code: 'cancel-holder',
      async prepare() {
        await core.submit(command('a', two), command('b'));
        return 2;
      },
    },
    {
      title: 'another policy',
      code: 'other-policy',
      async prepare() {
        await core.client.scheduler.setPolicy({ policy: 'fifo' });
        await core.submit(command('a'), command('b', two), command('c', { priority: 100 }));
        return 3;
      },
    },
    {
      title: 'removing what is reserved for others',
      code: 'remove-reservation',
      async prepare() {
        await core.client.scheduler.addReservation({ group: 'lab', cores: 2, startsAt: clock, endsAt: clock + 3_600_000 });
        await core.submit(command('a'));
        return 1;
      },
    },
    {
      title: 'taking away the limit of its group',
      code: 'lift-quota',
      async prepare() {
        await core.client.scheduler.setGroup({ name: 'lab', quota: { cores: 1 } });
        await core.submit(command('a', { group: 'lab/alice' }), command('b', { group: 'lab/bob' }));
        return 2;
      },
    },
  ])('$title starts it at once, and doing so does', async ({ code, prepare }) => {
    await open();
    const id = await prepare();
    const { remedies } = await core.client.jobs.explain({ id });
    const remedy = remedies.find((one) => one.code === code);
    expect(remedy, JSON.stringify(remedies)).toBeDefined();
    const hasStarted = async (): Promise<boolean> => 'placement' in (await core.client.jobs.get({ id })).state;
    expect(await hasStarted()).toBe(false);
    if (remedy) await apply(remedy, id);
    expect(await hasStarted()).toBe(true);
  });

  test('names nothing that would not help alone', async () => {
    await open();
    await core.submit(command('a'), command('b'), command('c', two));
    expect((await core.client.jobs.explain({ id: 3 })).remedies).toEqual([]);
    await core.client.jobs.hold({ ids: [3] });
    expect((await core.client.jobs.explain({ id: 3 })).remedies).toEqual([]);
  });

  test('of a running and of an ended job tells how it went, and of one that nobody knows says so', async () => {
    await open();
    await learn({ short: 10 });
    await core.submit(command('short'));
    const run = await nextStarted();
    expect(await core.client.jobs.explain({ id: 2 })).toMatchObject({
      startsAt: clock,
      endsAt: clock + 10_000,
      candidates: [{ device: 'cpu', from: 'repeats', isChosen: true }],
    });
    await run.end();
    const { startsAt, endsAt, remedies, candidates } = await core.client.jobs.explain({ id: 2 });
    expect({ startsAt, endsAt, remedies }).toEqual({ startsAt: clock, endsAt: clock, remedies: [] });
    expect(candidates).toEqual([
      { device: 'cpu', deviceName: 'Test CPU', freeAt: clock, p50Seconds: 10, from: 'repeats', finishesAt: clock + 10_000, isChosen: true },
    ]);
    await expect(core.client.jobs.explain({ id: 9 })).rejects.toThrow('There is no job 9');
  });
});

describe('what if', () => {
  test('the same queue under each policy, and applying one does what was foretold', async () => {
    await open();
    await learn({ long: 100, short: 10 });
    await core.submit(command('long', two));
    await core.submit(command('long', { ...two, priority: -5 }), command('short', { ...two, priority: 5 }));
    const { present, outcomes } = await core.client.scheduler.whatIf({ policies: ['fifo', 'priority'] });
    expect(present).toBe('priority');
    expect(outcomes.map(({ policy, figures, runs }) => [policy, figures.meanWaitSeconds, runs.map(nameOf)])).toEqual([
      ['fifo', 150, ['long', 'long', 'short']],
      ['priority', 105, ['long', 'short', 'long']],
    ]);
    expect(outcomes[0]?.figures).toMatchObject({ jobs: 2, makespanSeconds: 210, maxWaitSeconds: 200, utilization: { cores: 1 } });
    await core.client.scheduler.setPolicy({ policy: 'fifo' });
    await (await nextStarted()).end();
    const names: string[] = [];
    for (let left = 2; left > 0; left -= 1) {
      const run = await nextStarted();
      names.push(run.name);
      await run.end();
    }
    expect(names).toEqual(outcomes[0]?.runs.slice(1).map(nameOf));
  });

  test('tells how far it has come, and at last what the same question answers at once', async () => {
    await open();
    await learn({ long: 100, short: 10 });
    await core.submit(command('long', two), command('short', two));
    const question = { policies: ['fifo', 'shortest'] as PolicyName[] };
    const steps = [];
    for await (const step of await core.client.scheduler.watchWhatIf(question)) steps.push(step);
    expect(steps.at(-1)).toEqual({ share: 1, whatIf: await core.client.scheduler.whatIf(question) });
    expect(steps.slice(0, -1).every(({ share }) => share < 1)).toBe(true);
  });

  test('a day that is over, with the times that jobs really took, beside what really happened', async () => {
    await open();
    const from = clock;
    await core.submit(
      command('first', { ...two, priority: 9 }),
      command('long', { ...two, priority: 5 }),
      command('short', { ...two, priority: -5 }),
    );
    for (const seconds of [5, 100, 10]) {
      const run = await nextStarted();
      clock += seconds * 1000;
      await run.end();
    }
    const { outcomes, recorded } = await core.client.scheduler.whatIf({
      source: { kind: 'recorded', from, to: clock },
      policies: ['fifo', 'priority'],
    });
    expect(recorded?.figures).toMatchObject({
      jobs: 3,
      makespanSeconds: 115,
      meanWaitSeconds: (0 + 5 + 105) / 3,
      utilization: { cores: 1 },
    });
    expect(outcomes.find(({ policy }) => policy === 'priority')?.figures).toEqual(recorded?.figures);
    expect(outcomes[0]?.runs.map(nameOf)).toEqual(['first', 'long', 'short']);
    const { runs, beyond } = await core.client.scheduler.history({ from, to: clock, limit: 2 });
    expect({ names: runs.map(nameOf), beyond }).toEqual({ names: ['short', 'long'], beyond: 1 });
  });

  test('a stretch that ends before it begins is refused in words', async () => {
    await open();
    await expect(core.client.scheduler.whatIf({ source: { kind: 'recorded', from: 5, to: 5 } })).rejects.toThrow(
      'to must be later than from',
    );
  });
});
