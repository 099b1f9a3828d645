import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import { sentenceOf } from '../../../../shared/words/reasons.ts';
import type { TaskRequest } from '../../scheduler-port.ts';
import { capacity, end, gigabyte, jobOf, oneCore, open, request, started, submit, waitsFor, type TestScheduler } from './test-machine.ts';
import { seconds } from './test-play.ts';

/* What hardly ever happens and must not surprise anybody, under every policy a person can choose. */

const each = PolicyName.options;

/** Why a task waits, as data; and that it can be said in every language. */
const reasonOf = (scheduler: TestScheduler, id: number) => {
  const reason = scheduler.explain(String(id))?.reason;
  if (!reason) throw new Error(`task ${id} does not wait`);
  for (const locale of ['en', 'zh'] as const) expect(sentenceOf(reason, locale)).toMatch(/^[^{}]{5,}$/);
  return reason;
};

/** Ends what runs, one after the other, until nothing does; who started, in order. */
const playOut = (scheduler: TestScheduler, running: readonly string[]): string[] => {
  const order = [...running];
  for (const id of order) order.push(...started(scheduler.apply({ kind: 'ended', task: id, succeeded: true })));
  return order;
};

describe('a thousand tasks of one time stamp', () => {
  test.each(each)('start in the order of their numbers under %s, in whatever order they are told of', (policy) => {
    const numbers = Array.from({ length: 1000 }, (_, place) => place + 1);
    const orderWhen = (told: readonly number[]): string[] => {
      const scheduler = open(policy, oneCore);
      scheduler.apply({ kind: 'paused' });
      submit(scheduler, ...told.map((id) => request(id, { enqueuedAt: 0, deadline: 1e8, ...seconds(5) })));
      expect(scheduler.explain('1000')?.position).toBe(1000);
      expect(reasonOf(scheduler, 1000).code).toBe('queue-paused');
      return playOut(scheduler, started(scheduler.apply({ kind: 'resumed' })));
    };
    expect(orderWhen(numbers)).toEqual(numbers.map(String));
    // Each once, because 617 and 1000 have no common divisor.
    expect(orderWhen(numbers.map((id) => ((id * 617) % 1000) + 1))).toEqual(numbers.map(String));
  });
});

test('with 20,000 pending each policy takes over from another: nobody is lost, what runs goes on, and the order is its own', () => {
  const tasks = Array.from({ length: 20_000 }, (_, place) => {
    const id = place + 2;
    const values = { priority: id % 7, group: `g${id % 50}`, enqueuedAt: id * 10, ...seconds(1 + ((id * 7919) % 1000)) };
    return request(id, { ...values, ...(id % 3 === 0 && { deadline: 1e6 + ((id * 104_729) % 1e8) }) });
  });
  const scheduler = open('fifo', oneCore);
  submit(scheduler, request(1), ...tasks);
  const milliseconds = ({ estimate }: TaskRequest): number => 1000 * (estimate?.p50Seconds ?? 0);
  const keys: Partial<Record<PolicyName, (task: TaskRequest) => number>> = {
    fifo: ({ enqueuedAt }) => enqueuedAt,
    priority: ({ enqueuedAt, priority }) => enqueuedAt / 60_000 - priority,
    shortest: (task) => milliseconds(task) + task.enqueuedAt / 10,
    fastest: (task) => task.enqueuedAt - milliseconds(task),
  };
  for (const policy of ['priority', 'fair', 'shortest', 'deadline', 'fastest', 'fifo'] as const) {
    expect(scheduler.apply({ kind: 'policyChanged', policy })).toEqual([]);
    expect(scheduler.counts).toEqual({ waiting: 20_000, held: 0, running: 1 });
    expect(scheduler.grantedOn('cpu').tasks).toEqual(['1']);
    const line = scheduler.waiting(0, 20_000).map(Number);
    expect(new Set(line).size).toBe(20_000);
    for (const place of [0, 1, 19_999]) reasonOf(scheduler, line[place] ?? 0);
    const key = keys[policy];
    if (key) expect(line).toEqual(tasks.toSorted((a, b) => key(a) - key(b) || a.sequence - b.sequence).map(({ sequence }) => sequence));
    // Who has a deadline stands before who has none.
    if (policy === 'deadline') expect(line.findIndex((id) => id % 3 !== 0)).toBe(tasks.filter(({ deadline }) => deadline).length);
    if (policy === 'fair') expect(new Set(line.slice(0, 50).map((id) => id % 50)).size).toBe(50);
  }
  expect(started(end(scheduler, 1))).toEqual(['2']);
});

describe('a clock that steps back', () => {
  const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(5000), fc.nat(1000)), { minLength: 10, maxLength: 80 });

  test.each(each)('loses nobody under %s: everything starts once, no core is granted twice, and everybody can say why', (policy) => {
    fc.assert(
      fc.property(steps, (all) => {
        const scheduler = open(policy);
        const running: string[] = [];
        const begun = new Set<string>();
        let now = 1e9;
        let last = 0;
        const apply = (event: Parameters<TestScheduler['apply']>[0]): void => {
          for (const id of started(scheduler.apply(event, now))) {
            expect(begun.has(id)).toBe(false);
            begun.add(id);
            running.push(id);
          }
          expect(scheduler.granted.cores).toBeLessThanOrEqual(4);
          const [first] = scheduler.waiting(0, 1);
          if (first !== undefined) reasonOf(scheduler, Number(first));
        };
        const endOne = (place: number): void => {
          const [id] = running.splice(place % running.length, 1);
          if (id !== undefined) apply({ kind: 'ended', task: id, succeeded: true });
        };
        for (const [kind, gap, value] of all) {
          now += kind === 0 ? -gap * 1000 : gap;
          if (kind % 2 === 1 && running.length > 0) endOne(value);
          else {
            last += 1;
            const some = { ...(value % 3 === 0 && { deadline: now + value * 20 }), ...(value % 7 === 0 && { notBefore: now + 1000 }) };
            const task = request(last, { enqueuedAt: now, cores: 1 + (value % 4), priority: value % 5, group: `g${value % 3}`, ...some });
            apply({ kind: 'submitted', task: { ...task, ...(value % 2 === 0 && seconds(1 + (value % 50))) } });
          }
        }
        while (begun.size < last || running.length > 0) {
          now = running.length > 0 ? now + 1000 : Math.max(now + 1, scheduler.wakeAt ?? Infinity);
          expect(now).toBeLessThan(Infinity);
          if (running.length > 0) endOne(0);
          else apply({ kind: 'timePassed' });
        }
        expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a deadline that has passed', () => {
  const past = { deadline: 1000, ...seconds(5) };

  test.each(each)('keeps nobody under %s from starting', (policy) => {
    const scheduler = open(policy, oneCore);
    expect(started(scheduler.apply({ kind: 'submitted', task: request(1, past) }, 60_000))).toEqual(['1']);
  });

  test('stands behind those that can be in time and before those without one, and says by how much', () => {
    const scheduler = open('deadline', oneCore);
    submit(scheduler, request(1, seconds(1)));
    for (const task of [request(2), request(3, past), request(4, { deadline: 900_000, ...seconds(5) })])
      scheduler.apply({ kind: 'submitted', task }, 60_000);
    expect(scheduler.waiting(0, 10)).toEqual(['4', '3', '2']);
    expect(reasonOf(scheduler, 3)).toEqual({
      code: 'deadline-late',
      values: { due: 1000, needSeconds: 5, lateSeconds: 64, ahead: 1, aloneSeconds: 5 },
    });
  });

  test.each(each.filter((policy) => policy !== 'deadline'))('means nothing under %s', (policy) => {
    const orderOf = (values: Partial<TaskRequest>): string[] => {
      const scheduler = open(policy, oneCore);
      submit(scheduler, request(1), request(2, seconds(5)), request(3, { ...seconds(5), ...values }), request(4, seconds(5)));
      return scheduler.waiting(0, 10);
    };
    expect(orderOf({ deadline: 1 })).toEqual(orderOf({}));
  });
});

describe('tasks that wait for each other', () => {
  test.each(each)('wait under %s and say so, hold up nobody, and go with the first that is taken out', (policy) => {
    const scheduler = open(policy, oneCore);
    submit(scheduler, request(1), request(2, { after: [waitsFor(3)] }), request(3, { after: [waitsFor(2)] }));
    submit(scheduler, request(4, { after: [waitsFor(4)] }), request(5));
    expect(reasonOf(scheduler, 2)).toEqual({ code: 'dependency', values: { jobs: [jobOf(3)] } });
    expect(reasonOf(scheduler, 4)).toEqual({ code: 'dependency', values: { jobs: [jobOf(4)] } });
    expect(started(end(scheduler, 1))).toEqual(['5']);
    expect(started(end(scheduler, 5))).toEqual([]);
    expect(scheduler.apply({ kind: 'removed', task: '3' })).toEqual([{ kind: 'reject', task: '2', because: jobOf(3) }]);
    scheduler.apply({ kind: 'removed', task: '4' });
    expect(scheduler.counts.waiting).toBe(0);
  });
});

describe('what the machine cannot give', () => {
  const wanting: [string, Partial<TaskRequest>, string][] = [
    ['more cores than there are', { cores: 8 }, 'cores-busy'],
    ['more memory than there is', { memoryBytes: 100 * gigabyte }, 'memory-foreign'],
    ['a device that is not there', { device: { kind: 'gpu', count: 1 } }, 'device-unusable'],
  ];

  test.each(each.flatMap((policy) => wanting.map((one) => [policy, ...one] as const)))(
    'under %s who needs %s waits, says so, and keeps nothing from others',
    (policy, _, values, code) => {
      const scheduler = open(policy);
      expect(submit(scheduler, request(1, { ...values, deadline: 1e9, ...seconds(1) }))).toEqual([]);
      expect(reasonOf(scheduler, 1).code).toBe(code);
      expect(submit(scheduler, ...[2, 3, 4, 5].map((id) => request(id, seconds(1e6))))).toEqual(['2', '3', '4', '5']);
      expect(reasonOf(scheduler, 1).code).toBe(code);
    },
  );

  test.each(each)('starts under %s once the machine can', (policy) => {
    const scheduler = open(policy, oneCore);
    submit(scheduler, request(1, { cores: 2 }));
    expect(started(scheduler.apply({ kind: 'capacityChanged', capacity }))).toEqual(['1']);
  });
});

describe('one that others would pass for ever', () => {
  /** A full machine: each second one ends and another comes. When the one that was there first starts, in seconds. */
  const startsAfter = (
    policy: PolicyName,
    patient: Partial<TaskRequest>,
    later: Partial<TaskRequest>,
    atMost: number,
  ): number | undefined => {
    const scheduler = open(policy, oneCore);
    let [running = ''] = submit(scheduler, request(1, { enqueuedAt: 0, ...later }));
    submit(scheduler, request(2, { enqueuedAt: 0, group: 'patient', ...patient }));
    for (let second = 1; second <= atMost; second += 1) {
      const now = second * 1000;
      scheduler.apply({ kind: 'submitted', task: request(second + 2, { enqueuedAt: now, ...later }) }, now);
      reasonOf(scheduler, 2);
      [running = ''] = started(scheduler.apply({ kind: 'ended', task: running, succeeded: true }, now));
      if (running === '2') return second;
    }
    return undefined;
  };

  test.each<[PolicyName, string, number, Partial<TaskRequest>, Partial<TaskRequest>]>([
    ['fifo', 'at once', 1, {}, {}],
    ['priority', 'after a minute for each point', 5 * 60, { priority: 0 }, { priority: 5 }],
    ['fair', 'as soon as its group has had less', 1, { priority: 0 }, { priority: 1000 }],
    ['shortest', 'after ten seconds for each that it takes longer', 10 * 30, seconds(31), seconds(1)],
    ['fastest', 'after a second for each that the others take longer', 60, seconds(1), seconds(61)],
  ])('starts under %s %s', (policy, _, after, patient, later) => {
    const found = startsAfter(policy, patient, later, after + 10);
    expect(found).toBeGreaterThanOrEqual(after);
    expect(found).toBeLessThanOrEqual(after + 2);
  });

  test('waits under deadline while those that have one fill the machine, and no longer once it has one too', () => {
    const later = { deadline: 1e9, ...seconds(1) };
    expect(startsAfter('deadline', seconds(1), later, 2000)).toBeUndefined();
    expect(startsAfter('deadline', { deadline: 5e8, ...seconds(1) }, later, 10)).toBe(1);
  });
});

describe('priority inversion', () => {
  test.each(['fifo', 'shortest'] as const)('is not known to %s, where those that wait for a task count for nothing', (policy) => {
    const scheduler = open(policy, oneCore);
    submit(
      scheduler,
      request(1),
      request(2, seconds(20)),
      request(3, seconds(30)),
      request(4, { ...seconds(1), priority: 9, after: [waitsFor(3)] }),
    );
    expect(scheduler.waiting(0, 10)).toEqual(['2', '3', '4']);
    expect(reasonOf(scheduler, 4).code).toBe('dependency');
  });
});
