import { expect, test } from 'vitest';
import type { PlacementCandidate } from '../../../shared/model/plan.ts';
import { candidateLanes } from './candidates.ts';

const candidate = (device: string, freeAt: number, finishesAt: number | undefined, isChosen = false): PlacementCandidate => ({
  device,
  deviceName: device,
  freeAt,
  ...(finishesAt !== undefined && { finishesAt }),
  isChosen,
});

test('places share one scale, and each says how much later it would be than the chosen one', () => {
  const { to, lanes } = candidateLanes([candidate('gpu0', 10_000, 30_000, true), candidate('cpu', 0, 50_000)], 10_000);
  expect(to).toBe(50_000);
  expect(lanes.map(({ freeAt, finishesAt, laterSeconds }) => [freeAt, finishesAt, laterSeconds])).toEqual([
    [0, 0.5, undefined],
    [0, 1, 20],
  ]);
});

test('a place of which no end is known is compared with nothing', () => {
  const { lanes } = candidateLanes([candidate('gpu0', 10_000, 30_000, true), candidate('cpu', 20_000, undefined)], 0);
  expect(lanes[1]).toMatchObject({ finishesAt: undefined, laterSeconds: undefined });
});
