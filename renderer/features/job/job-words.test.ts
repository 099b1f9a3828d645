import { describe, expect, test } from 'vitest';
import type { JobState, Preemptions } from '../../../shared/model/job.ts';
import { rowOf } from '../../test-client.ts';
import { createWords } from '../../words.tsx';
import { actionsFor, markOf, preemptionText, soFar, stateSentence } from './job-words.ts';

const placement = { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 };
const running: JobState = { kind: 'running', attempt: 1, startedAt: 10_000, placement };
const failed: JobState = {
  kind: 'failed',
  attempt: 1,
  startedAt: 1000,
  endedAt: 4200,
  reason: { code: 'exit-code', values: { exitCode: 3 } },
};
const paused: JobState = { ...running, kind: 'paused', since: 25_000, pausedMs: 2000 };
const neverStarted: JobState = { kind: 'cancelled', attempt: 0, endedAt: 4000 };

describe('a job in words', () => {
  test('counts whole seconds while it goes on, and exactly once it has ended', () => {
    expect(soFar(rowOf(1, { state: running }), 12_400)).toBe(3);
    expect(soFar(rowOf(1, { state: { kind: 'pending', since: 5000 } }), 5000)).toBe(1);
    expect(soFar(rowOf(1, { state: failed }), 99_000)).toBe(3.2);
    expect(soFar(rowOf(1, { state: neverStarted }), 99_000)).toBe(0);
  });

  test('waits anew once it is back in line, whenever it was submitted', () => {
    const preemptions = { count: 1, lostSeconds: 3, attainedSeconds: 20, by: { id: 7, name: 'other' }, at: 30_000 };
    expect(soFar(rowOf(1, { submittedAt: 0, state: { kind: 'pending', since: 30_000, preemptions } }), 34_000)).toBe(4);
  });

  test('says its place in line', () => {
    const words = createWords('en');
    expect(stateSentence(rowOf(1, { position: 1 }), 60_000, words)).toBe('Waiting 1 min, first in line');
    expect(stateSentence(rowOf(1, { position: 1200 }), 60_000, words)).toBe('Waiting 1 min, 1,200 in line');
    expect(stateSentence(rowOf(1, { position: 1 }), 60_000, createWords('zh'))).toBe('等待中 1 分，排在首位');
  });

  test('offers only what its state allows', () => {
    const states = [
      { kind: 'pending', since: 0 } as const,
      { kind: 'held', since: 0 } as const,
      running,
      paused,
      { ...paused, isResuming: true as const },
      failed,
    ];
    expect(states.map((state) => actionsFor(rowOf(1, { state })))).toEqual([
      ['next', 'hold', 'cancel'],
      ['release', 'cancel'],
      ['pause', 'cancel'],
      ['resume', 'cancel'],
      ['cancel'],
      ['retry', 'remove'],
    ]);
    // It ends anyway, and goes back in line.
    expect(actionsFor(rowOf(1, { state: { ...running, preemptedBy: { id: 7, name: 'other' } } }))).toEqual(['cancel']);
    // A model runs in one go.
    expect(actionsFor(rowOf(1, { runtime: 'onnx', state: running }))).toEqual(['cancel']);
  });

  test('a process that somebody else started ends, which is all that is known, and cannot be started again', () => {
    const ended = rowOf(1, { runtime: 'process', state: { kind: 'succeeded', attempt: 1, startedAt: 1000, endedAt: 4000 } });
    expect(stateSentence(ended, 4000, createWords('en'))).toMatch(/^Ended at .* after 3 s$/);
    expect(actionsFor(ended)).toEqual(['remove']);
  });

  test('has a mark for each state', () =>
    expect([running, paused, failed, neverStarted].map(markOf)).toEqual(['running', 'paused', 'failed', 'cancelled']));

  test('that is paused has run no longer than until then', () => expect(soFar(rowOf(1, { state: paused }), 99_000)).toBe(13));

  test('says for whom it made room, and what it had outrun where that was why', () => {
    const preemptions = { count: 1, lostSeconds: 3, attainedSeconds: 20, by: { id: 7, name: 'other' }, at: 0 };
    const textOf = (by: Preemptions['by']): string | undefined =>
      preemptionText(rowOf(1, { state: { kind: 'pending', since: 0, preemptions: { ...preemptions, by } } }), createWords('en'));
    expect(textOf(preemptions.by)).toBe('Preempted by other (7), once in all, 3 s lost.');
    expect(textOf({ ...preemptions.by, outran: { ranSeconds: 20, p90Seconds: 12 } })).toBe(
      'Preempted by other (7) after 20 s, longer than the 12 s that nine of ten such runs take, once in all, 3 s lost.',
    );
    expect(textOf({ ...preemptions.by, saves: { job: { id: 8, name: 'report' }, due: 0 } })).toMatch(
      /^Preempted by other \(7\) for the deadline .+ of report, once in all, 3 s lost\.$/,
    );
  });
});
