import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicyOutcome } from '../../../shared/contract/scheduler.ts';
import type { WaitReason } from '../../../shared/model/reason.ts';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand } from '../test-run.ts';

/* plan, explain and what-if: what they ask and how they say what the core answers. */

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const run = (...words: string[]) => runCommand(['--data', core.dataFolder, ...words]);
const now = new Date(2020, 10, 28, 14, 0, 0).getTime();
const job = (id: number) => ({ id, name: `job-${id}` });

describe('plan', () => {
  test('says who runs next, when, where and why it waits, and what is left out', async () => {
    await run('add', '--', 'train');
    core.end(1, { wait: { code: 'behind', values: { ahead: 1, first: job(7) } } });
    core.foretold.plan = {
      madeAt: now,
      isPaused: true,
      unplanned: 2,
      beyond: 1,
      runs: [
        { job: job(7), group: 'lab', kind: 'running', devices: ['gpu0', 'gpu1'], cores: 1, startsAt: now - 5000 },
        {
          job: job(1),
          group: 'default',
          kind: 'planned',
          devices: ['cpu'],
          cores: 2,
          startsAt: now + 60_000,
          endsAt: now + 120_000,
          endsAtLatest: now + 240_000,
        },
      ],
    };
    const { exitCode, stdout, stderr } = await run('plan', '--limit', '10');
    expect(exitCode).toBe(0);
    expect(core.calls).toContain('plan 10');
    expect(stdout).toMatch(/^runs +\? +\? +7 +job-7 +lab +gpu0 \+ gpu1$/m);
    expect(stdout).toMatch(
      /^14:01:00 +14:02:00 +14:04:00 +1 +job-1 +default +cpu +1 job ahead; it waits until job-7 has what it needs\.$/m,
    );
    expect(stderr).toContain('The queue is paused: this is what happens if it goes on now.');
    expect(stderr).toContain('When 2 more jobs start cannot be told');
    expect(stderr).toContain('One more job waits behind these.');
    expect(JSON.parse((await run('plan', '--json')).stdout)).toEqual(core.foretold.plan);
  });

  test('an empty queue is said, and a wrong number is refused', async () => {
    core.foretold.plan = { madeAt: now, isPaused: false, unplanned: 0, beyond: 0, runs: [] };
    expect((await run('plan')).stdout).toBe('Nothing runs and nothing waits.\n');
    expect((await run('plan', '--limit', '0')).stderr).toContain('--limit 0 is not a whole number from 1 to 5,000.');
    expect((await run('plan', 'now')).exitCode).toBe(2);
  });
});

describe('explain', () => {
  test('tells in sentences why it waits, when it should run and what would start it now', async () => {
    await run('add', '--name', 'train', '--', 'train');
    const wait: WaitReason = { code: 'cores-busy', values: { needCores: 4, freeCores: 1, totalCores: 4, holders: [job(5)] } };
    core.end(1, { wait });
    core.foretold.explanation = {
      job: { id: 1, name: 'train' },
      wait,
      position: 3,
      ahead: [job(7), job(8)],
      aheadTotal: 2,
      remedies: [
        { code: 'run-next', values: {} },
        { code: 'cancel-holder', values: { job: job(5) } },
        { code: 'fewer-cores', values: { cores: 2 } },
      ],
      candidates: [
        { device: 'gpu0', deviceName: 'GPU 0', freeAt: now, isChosen: true },
        { device: 'gpu1', deviceName: 'GPU 1', freeAt: now, isChosen: false },
      ],
    };
    const { stdout } = await run('explain', '1');
    expect(stdout.split('\n').slice(0, 8)).toEqual([
      'train (1): waiting at place 3 in line',
      'Waits for 4 cores; 1 of 4 free, job-5 running.',
      '2 jobs are ahead of it, first of all job-7 (job 7).',
      expect.stringContaining('When it starts cannot be told'),
      'Each of these alone would start it now:',
      '  Put it first in line.  switchyard next 1',
      '  Cancel job-5 (job 5), which has what it needs.  switchyard cancel 5',
      '  Submit it with 2 cores instead.',
    ]);
    expect(stdout).toContain('Where it could run:\n  gpu0 (GPU 0): free about 2020-11-28 14:00; it goes there\n');
    expect(JSON.parse((await run('explain', '1', '--json')).stdout)).toEqual(core.foretold.explanation);
  });

  test('of a job that has run tells what its place was chosen from', async () => {
    await run('add', '--name', 'train', '--', 'train');
    core.end(1, { state: { kind: 'succeeded', attempt: 1, startedAt: now, endedAt: now + 60_000 } });
    core.foretold.explanation = {
      job: { id: 1, name: 'train' },
      ahead: [],
      aheadTotal: 0,
      remedies: [],
      candidates: [
        { device: 'gpu0', deviceName: 'GPU 0', freeAt: now, p50Seconds: 60, finishesAt: now + 60_000, isChosen: true },
        { device: 'gpu1', deviceName: 'GPU 1', freeAt: now, p50Seconds: 90, finishesAt: now + 90_000, isChosen: false },
      ],
      near: { code: 'made-here', values: { device: 'gpu0', job: job(7) } },
    };
    const { stdout } = await run('explain', '1');
    expect(stdout).toContain(
      'Where it could have run, as it looked then:\n  gpu0 (GPU 0): free about 2020-11-28 14:00, takes 1 min, done about',
    );
    expect(stdout).toMatch(
      /GPU 0\): .*; it was given this one\n {2}gpu1 \(GPU 1\): .*done about 2020-11-28 14:01\nOf places that are as good gpu0/,
    );
    expect(stdout).toContain('gpu0 comes first: what it works on was made there by job-7 (job 7).\n');
  });

  test('a job that nobody knows and a missing number are refused in words', async () => {
    core.foretold.explanation = { job: job(1), ahead: [], aheadTotal: 0, remedies: [], candidates: [] };
    expect((await run('explain', '9')).stderr).toContain('There is no job 9');
    expect((await run('explain')).exitCode).toBe(2);
  });
});

const outcome = (policy: PolicyOutcome['policy'], wait: number): PolicyOutcome => ({
  policy,
  runs: [],
  unplanned: 1,
  figures: {
    jobs: 3,
    makespanSeconds: 600,
    meanWaitSeconds: wait,
    p95WaitSeconds: 2 * wait,
    maxWaitSeconds: 2 * wait,
    meanBoundedSlowdown: 2,
    utilization: { cores: 0.5 },
    missedDeadlines: 0,
    groups: [],
  },
});

describe('what-if', () => {
  test('sets policies side by side, with the best of each column and how far it is from the present', async () => {
    core.foretold.whatIf = {
      source: { kind: 'queue' },
      present: 'priority',
      from: now,
      beyond: 4,
      outcomes: [outcome('fifo', 120), outcome('priority', 60)],
    };
    const { stdout, stderr } = await run('what-if', '--policy', 'fifo,priority');
    expect(core.calls).toContain('what-if {"source":{"kind":"queue"},"policies":["fifo","priority"],"runs":0}');
    expect(stdout).toMatch(/^POLICY +ALL DONE IN +MEAN WAIT +P95 WAIT +LONGEST WAIT +SLOWDOWN +FAIRNESS +CORES USED +MISSED DEADLINES$/m);
    expect(stdout).toMatch(/^fifo +10 min +2 min \(\+1 min\) +4 min \(\+2 min\) +4 min \(\+2 min\) +2 +– +50 % +0$/m);
    expect(stdout).toMatch(/^priority \(now\) +10 min +\*1 min +\*2 min +\*2 min +2 +– +50 % +0$/m);
    expect(stderr).toContain('3 jobs under each policy. * is the best of its column.');
    expect(stderr).toContain('1 job is left out: nothing is known of how long');
    expect(stderr).toContain('4 jobs beyond those were left out.');
    expect(JSON.parse((await run('what-if', '--json')).stdout)).toEqual(core.foretold.whatIf);
  });

  test('asks for a stretch of the past, and refuses what makes no sense', async () => {
    core.foretold.whatIf = {
      source: { kind: 'recorded', from: 1, to: 2 },
      present: 'fifo',
      from: 1,
      beyond: 0,
      outcomes: [outcome('fifo', 60)],
      recorded: outcome('fifo', 90),
    };
    const { stdout } = await run('what-if', '--since', '2026-11-28T09:00Z', '--until', '2026-11-28T17:00Z');
    const span = { kind: 'recorded', from: Date.UTC(2026, 10, 28, 9), to: Date.UTC(2026, 10, 28, 17) };
    expect(core.calls.at(-1)).toContain(JSON.stringify(span));
    expect(stdout).toMatch(/^as it was +10 min +2 min/m);
    for (const [words, sentence] of [
      [['--until', '8h'], '--until means something only together with --since.'],
      [['--since', 'soon'], '--since soon is not a point in time.'],
      [['--since', '1h', '--until', '2h'], '--since 1h is not before --until 2h.'],
      [['--policy', 'lottery'], '--policy lottery is unknown. Choose one of: priority, fair, shortest, deadline, fastest, fifo.'],
      [['--processors', '4'], '--processors means something only together with --trace.'],
    ] as const) {
      const { exitCode, stderr } = await run('what-if', ...words);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)]);
    }
  });

  test('plays a trace by the live scheduler, without a core', async () => {
    const trace = join(mkdtempSync(join(tmpdir(), 'switchyard-trace-')), 'small.swf');
    // Four processors: job 2 waits for job 1, and job 3, of another user, fits beside it.
    const line = (id: number, submit: number, seconds: number, size: number, user: number): string =>
      [id, submit, 0, seconds, size, -1, -1, size, seconds, -1, 1, user, 1, 1, 1, -1, -1, -1].join(' ');
    writeFileSync(trace, [line(1, 0, 100, 3, 1), line(2, 1, 50, 4, 1), line(3, 2, 60, 1, 2)].join('\n'));
    const { exitCode, stdout } = await runCommand(['what-if', '--trace', trace, '--processors', '4', '--policy', 'fifo', '--json']);
    expect(exitCode).toBe(0);
    const [found] = (JSON.parse(stdout) as { outcomes: PolicyOutcome[] }).outcomes;
    expect(found?.figures).toMatchObject({
      jobs: 3,
      makespanSeconds: 150,
      meanWaitSeconds: 33,
      maxWaitSeconds: 99,
      groups: [
        { name: 'user 1', jobs: 2 },
        { name: 'user 2', jobs: 1, maxWaitSeconds: 0 },
      ],
    });
    const wrong = await runCommand(['what-if', '--trace', trace, '--processors', '2']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('job 1 needs 3 processors and there are 2')]);
  });
});
