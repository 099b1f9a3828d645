import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision, Dependency, TaskRequest } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { end, jobOf, open, request, submit } from './test-machine.ts';

const kinds: readonly Dependency['when'][] = [undefined, 'ended', 'failed'];

/** Tasks that wait for earlier ones in every way; numbers say for whom and how. */
const graphOf = (rows: readonly (readonly number[])[]): TaskRequest[] =>
  rows.map((numbers, index) => {
    const links = new Map<number, Dependency>();
    for (const number of index === 0 ? [] : numbers) {
      const on = 1 + (number % index);
      const when = kinds[number % 3];
      links.set(on, { task: String(on), job: jobOf(on), ...(when && { when }) });
    }
    return request(index + 1, { after: [...links.values()] });
  });

type End = 'succeeded' | 'failed' | 'never';

/** What must become of each, from the definition alone. */
const expected = (graph: readonly TaskRequest[], succeeds: (id: number) => boolean): Map<string, End> => {
  const ends = new Map<string, End>();
  for (const { id, after } of graph) {
    const cameTo = (when: Dependency['when']) => after.filter((link) => link.when === when).map(({ task }) => ends.get(task));
    const alarms = cameTo('failed');
    const runs =
      cameTo(undefined).every((one) => one === 'succeeded') && !(alarms.length > 0 && alarms.every((one) => one === 'succeeded'));
    ends.set(id, runs ? (succeeds(Number(id)) ? 'succeeded' : 'failed') : 'never');
  }
  return ends;
};

const anyGraph = fc.array(fc.array(fc.nat(1000), { maxLength: 4 }), { minLength: 1, maxLength: 25 });

test('in any graph exactly those run that may, none before what it waits for, whatever the order of the ends', () => {
  fc.assert(
    fc.property(anyGraph, fc.infiniteStream(fc.nat(1000)), fc.infiniteStream(fc.boolean()), (rows, picks, results) => {
      const graph = graphOf(rows);
      const outcomes = graph.map(() => results.next().value as boolean); // an infinite stream
      const scheduler = open();
      const found = new Map<string, End>();
      const running: string[] = [];
      const take = (decisions: readonly Decision[]): void => {
        for (const decision of decisions) {
          if (decision.kind === 'reject') found.set(decision.task, 'never');
          if (decision.kind !== 'start') continue;
          running.push(decision.task);
          const links = graph[Number(decision.task) - 1]!.after;
          const isRaised = links.some(({ task, when }) => when === 'failed' && found.has(task) && found.get(task) !== 'succeeded');
          expect(links.every(({ task, when }) => found.has(task) || (when === 'failed' && isRaised))).toBe(true);
        }
      };
      for (const task of graph) take(scheduler.apply({ kind: 'submitted', task }));
      while (running.length > 0) {
        const [id = ''] = running.splice((picks.next().value as number) % running.length, 1);
        const succeeded = outcomes[Number(id) - 1]!;
        found.set(id, succeeded ? 'succeeded' : 'failed');
        take(scheduler.apply({ kind: 'ended', task: id, succeeded }));
      }
      expect(found).toEqual(expected(graph, (id) => outcomes[id - 1]!));
      expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
    }),
    { numRuns: 300 },
  );
});

const link = (id: number, when?: Dependency['when']): Dependency => ({ task: String(id), job: jobOf(id), ...(when && { when }) });

test('what will not run takes along what waits for its success, and says which it was', () => {
  const scheduler = open();
  const waiting = (id: number, ...after: Dependency[]): TaskRequest => request(id, { after });
  submit(
    scheduler,
    request(1),
    waiting(2, link(1, 'failed')),
    waiting(3, link(2)),
    waiting(4, link(2, 'ended')),
    waiting(5, link(3, 'failed')),
  );
  expect(end(scheduler, 1)).toMatchObject([
    { kind: 'reject', task: '2', because: jobOf(1), isNotNeeded: true },
    { kind: 'reject', task: '3', because: jobOf(2) },
    { kind: 'start', task: '4' },
    { kind: 'start', task: '5' },
  ]);
});

test('a change keeps what has been met, and a task that does not wait any more stays away', () => {
  const scheduler = open();
  const late = request(3, { after: [link(1), link(2)] });
  submit(scheduler, request(1), request(2), late);
  end(scheduler, 1);
  scheduler.apply({ kind: 'changed', task: { ...late, isHeld: true } });
  scheduler.apply({ kind: 'changed', task: late });
  expect(scheduler.explain('3')?.reason).toEqual({ code: 'dependency', values: { jobs: [jobOf(2)] } });
  scheduler.apply({ kind: 'dependenciesChanged', task: '3', after: [link(1), link(2)] });
  expect(scheduler.explain('3')?.reason).toEqual({ code: 'dependency', values: { jobs: [jobOf(1), jobOf(2)] } });
  expect(scheduler.snapshot(0, 10).waiting[0]?.after).toEqual([link(1), link(2)]);
  scheduler.apply({ kind: 'removed', task: '3' });
  scheduler.apply({ kind: 'changed', task: late });
  expect(scheduler.counts.waiting).toBe(0);
});

test('a copy waits for the same ends in the same ways', () => {
  const scheduler = open();
  submit(scheduler, request(1), request(2, { after: [link(1, 'failed')] }), request(3, { after: [link(1, 'ended')] }));
  const copy = fromSnapshot(structuredClone(scheduler.snapshot(0, 10)));
  copy.apply({ kind: 'resumed' }, 0);
  expect(copy.apply({ kind: 'ended', task: '1', succeeded: true }, 0)).toEqual(end(scheduler, 1));
});
