import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PlannedRun, ScheduleFigures } from '../../../shared/model/plan.ts';
import { createTestClient, emptyCore } from '../../test-client.ts';
import { createPastStore } from './past-store.ts';
import { createPlanStore } from './plan-store.ts';
import { createWhatIfStore } from './what-if-store.ts';

// The stores ask the page whether it can be seen.
vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
beforeEach(() => void vi.useFakeTimers({ now: 1_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const run = (id: number, change: Partial<PlannedRun> = {}): PlannedRun => ({
  job: { id, name: `job-${id}` },
  group: 'lab',
  kind: 'planned',
  devices: ['cpu'],
  cores: 1,
  startsAt: 1_000_060_000,
  endsAt: 1_000_070_000,
  ...change,
});
const planOf = (...runs: PlannedRun[]) => ({ madeAt: 1_000_000_000, isPaused: false, runs, unplanned: 0, beyond: 0 });
const settle = () => vi.advanceTimersByTimeAsync(0);

test('the plan follows the queue while somebody looks, tells when each job starts, and is forgotten when nobody looks', async () => {
  const client = createTestClient({ ...emptyCore, plan: planOf(run(1, { kind: 'running' }), run(2), run(3, { part: 1 })) });
  const store = createPlanStore(client);
  const stop = store.watch();
  await settle();
  expect([...store.getState().starts.keys()]).toEqual([2, 3]);
  client.change({ plan: planOf(run(2, { kind: 'running' })) });
  await settle();
  expect(store.getState().plan?.runs).toHaveLength(1);
  const second = store.watch();
  stop();
  expect(store.getState().plan).toBeDefined();
  second();
  expect(store.getState().plan).toBeUndefined();
});

test('the past is asked for once, then only what has ended since, each run once', async () => {
  const ended = (id: number, endsAt: number) => run(id, { kind: 'ended', startsAt: endsAt - 5000, endsAt });
  const client = createTestClient({ ...emptyCore, past: [ended(1, 999_000_000)] });
  const store = createPastStore(client);
  const stop = store.watch();
  await settle();
  expect(store.getState().runs.map(({ job }) => job.id)).toEqual([1]);
  const before = store.getState().runs;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(store.getState().runs).toBe(before);
  client.change({ past: [ended(1, 999_000_000), ended(2, 1_000_001_000)] });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(store.getState().runs.map(({ job }) => job.id)).toEqual([2, 1]);
  const asked = client.calls.filter(({ name }) => name === 'scheduler.history').map(({ input }) => (input as { from: number }).from);
  expect(asked[0]).toBe(1_000_000_000 - 86_400_000);
  expect(asked[2]).toBeGreaterThan(1_000_000_000 - 60_000);
  stop();
});

const figures: ScheduleFigures = { jobs: 2, makespanSeconds: 60, utilization: { cores: 1 }, missedDeadlines: 0, groups: [] };
const whatIf = {
  source: { kind: 'queue' as const },
  present: 'fifo' as const,
  from: 1_000_000_000,
  beyond: 0,
  outcomes: [
    { policy: 'fifo' as const, figures, runs: [], unplanned: 0 },
    { policy: 'fair' as const, figures, runs: [run(7)], unplanned: 0 },
  ],
};

test('every policy is tried on the queue, or on the last day', async () => {
  const client = createTestClient({ ...emptyCore, whatIf });
  const store = createWhatIfStore(client);
  const asking = store.ask();
  expect(store.getState().isRunning).toBe(true);
  const shown: [share: number, outcomes: number | undefined][] = [];
  const stop = store.subscribe(({ share, whatIf: soFar }) => shown.push([share, soFar?.outcomes.length]));
  await asking;
  stop();
  // Of a first try what there is so far.
  expect(shown).toEqual([
    [0, 0],
    [0.5, 1],
    [0.5, 2],
  ]);
  expect(store.getState()).toMatchObject({ isRunning: false, triedAt: 1_000_000_000, whatIf });
  await store.choose('day');
  expect(client.calls.map(({ input }) => (input as { source: unknown }).source)).toEqual([
    { kind: 'queue' },
    { kind: 'recorded', from: 1_000_000_000 - 86_400_000, to: 1_000_000_000 },
  ]);
});

test('a core that refuses leaves the figures of before and says why', async () => {
  const client = createTestClient({ ...emptyCore, whatIf });
  const store = createWhatIfStore(client);
  await store.ask();
  client.refuse({ kind: 'unreachable' });
  await store.ask();
  expect(store.getState()).toMatchObject({ isRunning: false, problem: { kind: 'unreachable' }, whatIf });
});

test('who asks again or leaves the page ends what is being tried, and keeps what was known', async () => {
  const client = createTestClient({ ...emptyCore, whatIf });
  const signals: AbortSignal[] = [];
  const store = createWhatIfStore({
    ...client,
    openStream: async (stream) => {
      signals.push(stream.signal);
      await client.openStream(stream);
    },
  });
  await store.ask();
  const [first, second] = [store.ask(), store.ask()];
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  store.leave();
  await Promise.all([first, second]);
  expect(signals.at(-1)?.aborted).toBe(true);
  expect(store.getState()).toMatchObject({ isRunning: false, share: 0, whatIf });
});

test('one policy is looked at, and an answer that comes after another look does not count', async () => {
  const store = createWhatIfStore(createTestClient({ ...emptyCore, whatIf }));
  const first = store.look('fair');
  const second = store.look('fifo');
  await Promise.all([first, second]);
  expect(store.getState().preview?.policy).toBe('fifo');
  await store.look('fair');
  expect(store.getState().preview?.runs.map(({ job }) => job.id)).toEqual([7]);
  await store.look(undefined);
  expect(store.getState().preview).toBeUndefined();
});
