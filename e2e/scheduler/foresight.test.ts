import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import type { WhatIf } from '../../shared/contract/scheduler.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import type { Explanation, Plan } from '../../shared/model/plan.ts';
import { ownCore } from '../own-core.ts';

/* A live queue that says what will happen, what would start a job now, and what another policy would do; all through the command line. */

const soon = { interval: 100 };
const core = ownCore();
const all = String(availableParallelism());

const run = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await core.run(...words);
  expect(code, `${words.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
};
const json = async <Answer>(...words: string[]): Promise<Answer> => JSON.parse(await run(...words, '--json')) as Answer;

/** Each needs the whole processor, so that one runs at a time. */
const add = async (name: string, priority: number, ...command: string[]): Promise<number> =>
  Number(await run('add', '--name', name, '--priority', String(priority), '--cpus', all, '--memory', '16MB', '--', ...command));
const kindOf = async (id: number): Promise<string> => (await json<JobDetail>('status', String(id))).state.kind;
const names = ({ runs }: Pick<Plan, 'runs'>): string[] => runs.map(({ job }) => job.name);

test('plan, explain and what-if agree, and doing what they say does what they said', async () => {
  // Both commands have run before, so that it is known how long they take.
  const quick = ['sh', '-c', 'sleep 0.1'];
  const slow = ['sh', '-c', 'sleep 0.5; true'];
  for (const command of [quick, slow]) {
    const before = await add('before', 0, ...command);
    await expect.poll(() => kindOf(before), soon).toBe('succeeded');
  }
  await run('policy', 'fifo');
  const gate = await add('gate', 0, 'sh', '-c', `until [ -e ${core.workFolder}/open ]; do sleep 0.05; done`);
  await expect.poll(() => kindOf(gate), soon).toBe('running');
  const first = await add('slow', 0, ...slow);
  const second = await add('quick', 50, ...quick);

  const plan = await json<Plan>('plan');
  expect(names(plan)).toEqual(['gate', 'slow', 'quick']);
  expect(plan.runs[2]?.startsAt).toBe(plan.runs[1]?.endsAt);
  expect(await run('plan')).toMatch(/^runs .* gate .*\n.* slow .*\n.* quick /m);

  const { aheadTotal, ahead, remedies } = await json<Explanation>('explain', String(second));
  expect({ aheadTotal, ahead }).toEqual({ aheadTotal: 1, ahead: [{ id: first, name: 'slow' }] });
  expect(remedies).toEqual([]);
  const { remedies: ofFirst } = await json<Explanation>('explain', String(first));
  const holder = { job: { id: gate, name: 'gate' } };
  expect(ofFirst).toEqual([
    { code: 'pause-holder', values: holder },
    { code: 'cancel-holder', values: holder },
  ]);
  expect(await run('explain', String(first))).toMatch(
    /Each of these alone would start it now:\n.*\n {2}Cancel gate \(job \d+\).* switchyard cancel \d+\n/,
  );

  const { present, outcomes } = await json<WhatIf>('what-if', '--policy', 'fifo,priority');
  expect(present).toBe('fifo');
  expect(outcomes.map(names)).toEqual([
    ['gate', 'slow', 'quick'],
    ['gate', 'quick', 'slow'],
  ]);
  expect(await run('what-if')).toMatch(/^fifo \(now\) .*\n/m);

  await run('policy', 'priority');
  await run('cancel', String(gate));
  await expect.poll(() => kindOf(first), soon).toBe('succeeded');
  const startedAt = async (id: number): Promise<number> => {
    const { state } = await json<JobDetail>('status', String(id));
    return ('startedAt' in state && state.startedAt) || 0;
  };
  expect(await startedAt(second)).toBeLessThan(await startedAt(first));

  const { recorded, outcomes: again } = await json<WhatIf>('what-if', '--since', '1h', '--policy', 'priority');
  expect(recorded?.figures.jobs).toBe(5);
  expect(again[0]?.figures.jobs).toBe(5);
});
