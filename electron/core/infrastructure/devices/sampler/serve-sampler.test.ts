import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FromSampler } from './sampler-messages.ts';
import { serveSampler } from './serve-sampler.ts';
import { createTestClock } from './test-clock.ts';
import { createTestProbe, testDevice, type TestProbe } from './test-probe.ts';

const serve = (...probes: TestProbe[]) => {
  const clock = createTestClock();
  const heard: FromSampler[] = [];
  const sampler = serveSampler({ probes, clock, tell: (message) => void heard.push(message) });
  /** What was told in so many milliseconds. */
  const during = async (ms: number): Promise<FromSampler[]> => {
    heard.length = 0;
    await clock.advance(ms);
    return [...heard];
  };
  return { clock, heard, sampler, during };
};

const keysOf = (messages: readonly FromSampler[]): string[][] =>
  messages.flatMap((message) => (message.kind === 'readings' ? [message.readings.map(([key]) => key).sort()] : []));
const only = <Kind extends FromSampler['kind']>(messages: readonly FromSampler[], kind: Kind) =>
  messages.filter((message): message is Extract<FromSampler, { kind: Kind }> => message.kind === kind);

describe('an ordinary machine', () => {
  test('what is there is told once, then every second one message holds the readings of all probes', async () => {
    const { during } = serve(createTestProbe('one', 'a', 'b'), createTestProbe('two', 'c'), createTestProbe('none'));
    const first = await during(0);
    expect(only(first, 'devices').map(({ probe, devices }) => [probe, devices.map(({ key }) => key)])).toEqual([
      ['one', ['a', 'b']],
      ['two', ['c']],
      ['none', []],
    ]);
    expect(only(first, 'looked')).toHaveLength(1);
    expect(keysOf(first)).toEqual([['a', 'b', 'c']]);
    const second = await during(4000);
    expect(keysOf(second)).toEqual(Array.from({ length: 4 }, () => ['a', 'b', 'c']));
    expect(only(second, 'devices')).toEqual([]);
    expect(only(second, 'processes')).toEqual([]);
  });

  test('processes are listed every five seconds, and every second while somebody watches them', async () => {
    const probe = createTestProbe('one', 'a');
    const { during, sampler } = serve(probe);
    await during(0);
    expect(probe.calls.processes).toBe(1);
    expect(only(await during(10_000), 'processes')).toHaveLength(2);
    sampler.watchProcesses(true);
    expect(only(await during(5000), 'processes')).toHaveLength(5);
    sampler.watchProcesses(false);
    expect(only(await during(10_000), 'processes')).toHaveLength(2);
  });

  test('a device that comes or goes shows within five seconds', async () => {
    const probe = createTestProbe('one', 'a');
    const { during } = serve(probe);
    await during(0);
    probe.devices = [testDevice('a'), testDevice('b')];
    expect(only(await during(5000), 'devices').map(({ devices }) => devices.map(({ key }) => key))).toEqual([['a', 'b']]);
    probe.devices = [];
    expect(only(await during(5000), 'devices').map(({ devices }) => devices)).toEqual([[]]);
    probe.devices = [testDevice('a')];
    expect(only(await during(5000), 'devices').map(({ devices }) => devices.length)).toEqual([1]);
  });
});

test('where nothing is found it says so once, looks every 30 seconds, and never measures', async () => {
  const probe = createTestProbe('one');
  const { during } = serve(probe, createTestProbe('two'));
  expect((await during(0)).map(({ kind }) => kind)).toEqual(['devices', 'devices', 'looked']);
  expect(await during(89_000)).toEqual([]);
  expect(probe.calls).toEqual({ discover: 3, sample: 0, processes: 0 });
  probe.devices = [testDevice('a')];
  expect(only(await during(1000), 'devices')).toHaveLength(1);
  expect(keysOf(await during(3000))).toHaveLength(3);
});

test('without any probe it has looked and is done', async () => {
  const { heard, during } = serve();
  expect(heard).toEqual([{ kind: 'looked' }]);
  expect(await during(60_000)).toEqual([]);
});

describe('a probe that hangs', () => {
  test('is told as silent after three seconds, asked nothing more, and is back with its first answer; no other probe waits for it', async () => {
    const broken = createTestProbe('broken', 'a');
    const whole = createTestProbe('whole', 'b');
    const { during } = serve(broken, whole);
    await during(500);
    const mend = broken.hang();
    const whileHanging = await during(5000);
    expect(only(whileHanging, 'failed')).toEqual([{ kind: 'failed', probe: 'broken', reason: { kind: 'silent', seconds: 3 } }]);
    expect(keysOf(whileHanging)).toEqual(Array.from({ length: 5 }, () => ['b']));
    expect(broken.mostOpen).toBe(1);
    mend();
    const after = await during(0);
    expect(only(after, 'devices').map(({ probe }) => probe)).toEqual(['broken']);
    expect(keysOf(after)).toEqual([['a']]);
    expect(keysOf(await during(2000))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(broken.mostOpen).toBe(1);
  });

  test('that goes on hanging is told again now and then, with the time', async () => {
    const broken = createTestProbe('broken', 'a');
    const { during } = serve(broken);
    await during(500);
    broken.hang();
    const seconds = only(await during(15_000), 'failed').map(({ reason }) => reason.kind === 'silent' && reason.seconds);
    expect(seconds).toEqual([3, 8, 13]);
  });

  test('at its first look keeps nobody from knowing the rest', async () => {
    const broken = createTestProbe('broken', 'a');
    const mend = broken.hang();
    const { during } = serve(broken, createTestProbe('whole', 'b'));
    expect(only(await during(2900), 'looked')).toEqual([]);
    expect(only(await during(200), 'looked')).toHaveLength(1);
    mend();
    expect(only(await during(0), 'devices').map(({ probe }) => probe)).toEqual(['broken']);
  });

  test('for less than three seconds is not told', async () => {
    const slow = createTestProbe('slow', 'a');
    const { during } = serve(slow);
    await during(500);
    const mend = slow.hang();
    expect(only(await during(2900), 'failed')).toEqual([]);
    mend();
    const after = await during(1000);
    expect(only(after, 'failed')).toEqual([]);
    expect(only(after, 'devices')).toEqual([]);
  });
});

describe('a probe that throws', () => {
  test('is told with its words, tried again every five seconds, and comes back by itself', async () => {
    const probe = createTestProbe('one', 'a');
    const { during } = serve(probe, createTestProbe('whole', 'b'));
    await during(500);
    probe.error = 'the driver is gone';
    const failed = await during(1000);
    expect(only(failed, 'failed')).toEqual([{ kind: 'failed', probe: 'one', reason: { kind: 'error', detail: 'the driver is gone' } }]);
    const calls = { ...probe.calls };
    await during(15_000);
    expect(probe.calls).toEqual({ ...calls, discover: calls.discover + 3 });
    probe.error = undefined;
    const back = await during(5000);
    expect(only(back, 'devices').map((report) => report.probe)).toEqual(['one']);
    expect(keysOf(back).at(-1)).toContain('a');
  });

  test('whose devices are found but cannot be measured stays failed', async () => {
    const probe = createTestProbe('one', 'a');
    const { during } = serve(probe);
    await during(500);
    probe.sample = () => Promise.reject(new Error('no measurement'));
    const told = await during(20_000);
    expect(only(told, 'devices')).toEqual([]);
    expect(only(told, 'failed').length).toBeGreaterThanOrEqual(3);
  });

  test('a sign of life comes every second while something is known, even if nothing can be measured', async () => {
    const probe = createTestProbe('one', 'a');
    const { during } = serve(probe);
    await during(500);
    probe.error = 'broken';
    expect(keysOf(await during(5000))).toEqual([[], [], [], [], []]);
  });
});

test('closing closes every probe and ends the measuring', async () => {
  const probe = createTestProbe('one', 'a');
  const hanging = createTestProbe('hanging', 'b');
  const { during, sampler } = serve(probe, hanging);
  await during(500);
  const mend = hanging.hang();
  await during(1000);
  sampler.close();
  expect([probe.isClosed, hanging.isClosed]).toEqual([true, true]);
  mend();
  expect(await during(10_000)).toEqual([]);
});

const step = fc.record({
  probe: fc.nat({ max: 2 }),
  change: fc.constantFrom('hang', 'answer', 'throw', 'work', 'add', 'remove', 'nothing'),
  ms: fc.nat({ max: 7000 }),
});

test('whatever drivers do, no probe is asked twice at once, and when all work again every device is known and measured', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const clock = createTestClock();
      const probes = ['one', 'two', 'three'].map((name) => createTestProbe(name, `${name}-0`));
      const told: FromSampler[] = [];
      serveSampler({ probes, clock, tell: (message) => void told.push(message) });
      const hanging = new Map<number, () => void>();
      let added = 0;
      const answer = (index: number): void => {
        hanging.get(index)?.();
        hanging.delete(index);
      };
      for (const { probe: index, change, ms } of steps) {
        const probe = probes[index];
        if (!probe) continue;
        if (change === 'hang' && !hanging.has(index)) hanging.set(index, probe.hang());
        if (change === 'answer') answer(index);
        if (change === 'throw') probe.error = 'broken';
        if (change === 'work') probe.error = undefined;
        // Every device has a key of its own, whatever was there before it.
        if (change === 'add') probe.devices = [...probe.devices, testDevice(`${probe.name}-${(added += 1)}`)];
        if (change === 'remove') probe.devices = probe.devices.slice(1);
        await clock.advance(ms);
      }
      for (const [index, probe] of probes.entries()) {
        answer(index);
        probe.error = undefined;
      }
      // An attempt after a failure comes within five seconds, and one at an empty driver within thirty.
      await clock.advance(31_000);

      for (const probe of probes) {
        expect(probe.mostOpen).toBe(1);
        const last = told.findLast((message) => 'probe' in message && message.probe === probe.name);
        expect(last).toEqual({ kind: 'devices', probe: probe.name, devices: probe.devices });
      }
      const keys = probes.flatMap(({ devices }) => devices.map(({ key }) => key));
      const measured = told.findLast((message) => message.kind === 'readings');
      if (keys.length > 0) expect(measured?.readings.map(([key]) => key).sort()).toEqual(keys.sort());
      expect(told.filter(({ kind }) => kind === 'looked')).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});
