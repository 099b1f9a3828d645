import { describe, expect, test } from 'vitest';
import type { Outcome } from './ports.ts';
import { createFakeBackend, type FakeAttempt, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

/* Jobs that waited for others run where those ran, among places that are as good. */

const open = openTestCores();

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const failure: Outcome = { kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 3 } }, exitCode: 3 };

/** A processor of which two shares have two cores each, and none is left. */
const openWithShares = async (): Promise<TestCore> => {
  const core = await open({ cores: 4 });
  await core.client.devices.split({ id: 'cpu', name: 'left', coreIds: [0, 1] });
  await core.client.devices.split({ id: 'cpu', name: 'right', coreIds: [2, 3] });
  return core;
};

/** Jobs that have ended, one after the other. */
const ranOn = async (core: TestCore, share: string, outcome = success, name = 'prepare'): Promise<number> => {
  const count = core.command.attempts.length;
  const [id = 0] = await core.submit({ name, resources: { on: [share] } });
  (await core.command.started(count + 1)).end(outcome);
  await core.ended(id);
  return id;
};

const nextDevice = async ({ command }: TestCore, count: number): Promise<string> => (await command.started(count)).run.placement.device;

test('what waited goes where the other one ran, and says so while it runs and when it has ended', async () => {
  const core = await openWithShares();
  const [prepare = 0] = await core.submit({ name: 'prepare', resources: { on: ['right'] } });
  const [id = 0] = await core.submit({ after: [prepare] });
  (await core.command.started(1)).end(success);
  const { run, end } = await core.command.started(2);
  const near = { code: 'made-here', values: { device: 'right', job: { id: prepare, name: 'prepare' } } };
  expect(run.placement).toMatchObject({ device: 'right', near });
  expect(await core.client.jobs.explain({ id })).toMatchObject({ near });
  end(success);
  expect((await core.ended(id)).state).toMatchObject({ kind: 'succeeded', near, grantedOn: ['right'] });
  expect(await core.client.jobs.explain({ id })).toMatchObject({ near });
});

test('a plan says so of one that still waits', async () => {
  const core = await openWithShares();
  const prepare = await ranOn(core, 'left');
  const [gate = 0] = await core.submit({ expectedSeconds: 60, resources: { on: ['right'] } });
  const [id = 0] = await core.submit({ afterAny: [prepare, gate] });
  await core.command.started(2);
  expect(await core.client.jobs.explain({ id })).toMatchObject({
    near: { code: 'made-here', values: { device: 'right', job: { id: gate, name: 'true' } } },
  });
});

describe('where the others ran is known', () => {
  test('of those that ended before the job came, the last one', async () => {
    const core = await openWithShares();
    const [left, right] = [await ranOn(core, 'left'), await ranOn(core, 'right')];
    await core.submit({ after: [right, left] });
    expect(await nextDevice(core, 3)).toBe('right');
  });

  test('to the next core, of what waits, what was held and what it found running', async () => {
    const core = await openWithShares();
    const [prepare = 0] = await core.submit({ resources: { on: ['right'] } });
    const [held = 0, flaky = 0] = await core.submit({ after: [prepare] }, { after: [prepare], retries: 1 });
    await core.client.jobs.hold({ ids: [held] });
    (await core.command.started(1)).end(success);
    expect(await nextDevice(core, 2)).toBe('right');
    await core.close();

    const command = createFakeBackend('command');
    const found = new Promise<FakeAttempt>((resolve) => {
      command.found.set(`${flaky}.1`, (attempt) => {
        resolve(attempt);
        return { kind: 'running', outcome: new Promise(() => {}) };
      });
    });
    const next = await open({ dataFolder: core.dataFolder, command, cores: 4 });
    (await found).end(failure);
    expect(await nextDevice(next, 1)).toBe('right');
    command.attempts[0]?.end(success);
    await next.ended(flaky);
    await next.client.jobs.release({ ids: [held] });
    expect(await nextDevice(next, 2)).toBe('right');
    expect(command.attempts[1]?.run.jobId).toBe(held);
  });

  test('of several failures that were waited for, the first: nobody waits for the others after it', async () => {
    const core = await openWithShares();
    const [one = 0, other = 0] = await core.submit({ resources: { on: ['right'] } }, { resources: { on: ['left'] } });
    await core.command.started(2);
    const [alarm = 0] = await core.submit({ afterNotOk: [one, other] });
    await core.client.jobs.hold({ ids: [alarm] });
    for (const [index, id] of [one, other].entries()) {
      core.command.attempts[index]?.end(failure);
      await core.ended(id);
    }
    await core.close();
    const next = await open({ dataFolder: core.dataFolder, cores: 4 });
    await next.client.jobs.release({ ids: [alarm] });
    expect(await nextDevice(next, 1)).toBe('right');
  });
});
