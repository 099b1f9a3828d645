import { describe, expect, test } from 'vitest';
import type { JobRow } from '../../../shared/model/job.ts';
import { rowOf } from '../../test-client.ts';
import { plainLayout, sectionLayout, type Layout } from './sections.ts';

const counts = { running: 1, pending: 2, held: 1, succeeded: 2, failed: 0, cancelled: 0 };
const noCounts = { running: 0, pending: 0, held: 0, succeeded: 0, failed: 0, cancelled: 0 };
const placement = { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 };
const running = (id: number): JobRow => rowOf(id, { state: { kind: 'running', attempt: 1, startedAt: 0, placement } });
const held = (id: number): JobRow => rowOf(id, { state: { kind: 'held', since: 0 } });
const done = (id: number): JobRow => rowOf(id, { state: { kind: 'succeeded', attempt: 1, endedAt: 0 } });
const shape = (layout: Layout): unknown[] =>
  Array.from({ length: layout.count }, (_, position) => {
    const item = layout.itemAt(position);
    return item.kind === 'head' ? `${item.section} ${item.count}` : item.index;
  });

describe('the layout of the list', () => {
  test('parts the whole queue in running, waiting, held and ended', () => {
    expect(shape(sectionLayout(6, counts, new Map()))).toEqual(['running 1', 0, 'waiting 2', 1, 2, 'held 1', 3, 'ended 2', 4, 5]);
  });

  test('has no head for a section without jobs', () => {
    expect(shape(sectionLayout(2, { ...counts, running: 0, pending: 0, held: 0 }, new Map()))).toEqual(['ended 2', 0, 1]);
    expect(sectionLayout(0, { ...counts, running: 0 }, new Map()).count).toBe(0);
  });

  test('believes the rows when the counts are a moment older', () => {
    const rows = new Map([running(1), running(2), rowOf(3), rowOf(4), done(5), done(6)].map((row, index) => [index, row]));
    expect(shape(sectionLayout(6, counts, rows))).toEqual(['running 2', 0, 1, 'waiting 2', 2, 3, 'ended 2', 4, 5]);
  });

  test('counts a job that was held or released a moment ago where its row stands', () => {
    const rows = new Map([running(1), rowOf(2), held(3), held(4), done(5), done(6)].map((row, index) => [index, row]));
    expect(shape(sectionLayout(6, counts, rows))).toEqual(['running 1', 0, 'waiting 1', 1, 'held 2', 2, 3, 'ended 2', 4, 5]);
  });

  test('counts an array, which is one row, as all of its jobs', () => {
    const lines = { running: 1, pending: 1, held: 0 };
    const many = { ...counts, running: 4, pending: 60, held: 0 };
    expect(shape(sectionLayout(4, many, new Map(), lines))).toEqual(['running 4', 0, 'waiting 60', 1, 'ended 2', 2, 3]);
    const ended = { ...noCounts, succeeded: 90, failed: 10 };
    expect(shape(sectionLayout(1, ended, new Map(), noCounts))).toEqual(['ended 100', 0]);
  });

  test('marks the ended only with what is true of all of them', () => {
    const ended = (endedCounts: Partial<typeof counts>): unknown => sectionLayout(9, { ...noCounts, ...endedCounts }, new Map()).itemAt(0);
    expect(ended({ succeeded: 9 })).toMatchObject({ section: 'ended', mark: 'done' });
    expect(ended({ failed: 9 })).toMatchObject({ mark: 'failed' });
    expect(ended({ cancelled: 9 })).toMatchObject({ mark: 'cancelled' });
    for (const mixed of [
      { succeeded: 8, failed: 1 },
      { succeeded: 8, cancelled: 1 },
      { failed: 8, cancelled: 1 },
    ]) {
      expect(ended(mixed)).toMatchObject({ section: 'ended', mark: undefined });
    }
  });

  test('finds the position of a row again', () => {
    const layout = sectionLayout(6, counts, new Map());
    for (let index = 0; index < 6; index += 1) expect(layout.itemAt(layout.positionOf(index))).toEqual({ kind: 'row', index });
  });

  test('is the bare list under a filter', () => {
    expect(shape(plainLayout(3))).toEqual([0, 1, 2]);
  });
});
