import { expect, test } from 'vitest';
import { together } from './divided.ts';

const alone = (p50: number, startUp = 0) => ({ p50, p90: 2 * p50, from: 'repeats' as const, samples: 3, startUp });

test('devices that share a job end together, whatever they take to start', () => {
  expect(together([alone(12), alone(6)])).toMatchObject({ p50: 4, p90: 8, from: 'repeats', samples: 3 });
  // Of 10 s of work each, the one does 6 s and the other, which starts 2 s later, 4 s.
  expect(together([alone(10), alone(12, 2)]).p50).toBeCloseTo(6, 9);
  expect(together([alone(3), alone(13, 10)]).p50).toBe(3);
  expect(together([alone(5, 2)]).p50).toBeCloseTo(5, 9);
});
