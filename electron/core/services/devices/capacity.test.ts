import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityOf, grantableBytes, isNotable, type MemoryFacts, type WholeDevice } from './capacity.ts';

const gib = 1024 ** 3;
const plain = (totalBytes: number): MemoryFacts => ({ totalBytes, foreignBytes: 0, reserveBytes: 0, overcommit: 1 });
const cpu: WholeDevice = { id: 'cpu', kind: 'cpu', name: 'CPU', cores: 8, foreign: [], shares: [] };
const gpu: WholeDevice = { id: 'gpu0', kind: 'gpu', name: 'GPU', cores: 0, memory: plain(24 * gib), foreign: [], shares: [] };

const memory = fc.record({
  totalBytes: fc.integer({ min: 1, max: 2 ** 40 }),
  foreignBytes: fc.integer({ min: 0, max: 2 ** 41 }),
  reserveBytes: fc.integer({ min: 0, max: 2 ** 40 }),
  overcommit: fc.double({ min: 1, max: 10, noNaN: true }),
});
const shares = fc
  .array(fc.record({ cores: fc.integer({ min: 0, max: 4 }), memoryBytes: fc.integer({ min: 1, max: 2 ** 40 }) }), { maxLength: 5 })
  .map((list) => list.map((share, index) => ({ id: `s${index}`, name: 'GPU', ...share })));

describe('what may be granted', () => {
  test('is what other programs and the reserve leave, as often as the over-commit says', () => {
    const machine = { totalBytes: 16 * gib, foreignBytes: 3 * gib, reserveBytes: gib, overcommit: 1 };
    const own = { totalBytes: 24 * gib, foreignBytes: 18 * gib, reserveBytes: 2 * gib, overcommit: 1.5 };
    const foreign = [{ pid: 4321, name: 'python', bytes: 18 * gib }];
    expect(capacityOf(machine, [cpu, { ...gpu, memory: own, foreign }])).toEqual({
      memoryBytes: 12 * gib,
      foreignBytes: 3 * gib,
      devices: [
        { id: 'cpu', kind: 'cpu', name: 'CPU', cores: 8, foreign: [] },
        { id: 'gpu0', kind: 'gpu', name: 'GPU', cores: 0, foreign, memoryBytes: 6 * gib },
      ],
    });
  });

  test('of a processor leaves its rest with what the shares have not; all of it may be given away', () => {
    const divided = { ...cpu, shares: [{ id: 'half', name: 'CPU', cores: 8, memoryBytes: 4 * gib }] };
    expect(capacityOf(plain(16 * gib), [divided]).devices).toEqual([
      { id: 'cpu', kind: 'cpu', name: 'CPU', cores: 0, foreign: [], memoryBytes: 12 * gib },
      { id: 'half', kind: 'cpu', name: 'CPU', cores: 8, foreign: [], parent: 'cpu', memoryBytes: 4 * gib },
    ]);
  });

  test('of a device that does not tell its memory has no figure', () => {
    const fpga: WholeDevice = { id: 'fpga0', kind: 'fpga', name: 'FPGA', cores: 0, foreign: [], shares: [] };
    expect(capacityOf(plain(gib), [fpga]).devices).toEqual([{ id: 'fpga0', kind: 'fpga', name: 'FPGA', cores: 0, foreign: [] }]);
  });

  test('is never below nothing, and never more when other programs hold more', () => {
    fc.assert(
      fc.property(memory, shares, fc.integer({ min: 0, max: 2 ** 40 }), (own, parts, more) => {
        const at = (facts: MemoryFacts) => capacityOf(facts, [{ ...gpu, memory: facts, shares: parts }]);
        const [before, after] = [at(own), at({ ...own, foreignBytes: own.foreignBytes + more })];
        expect(after.memoryBytes).toBeLessThanOrEqual(before.memoryBytes);
        for (const [index, device] of after.devices.entries()) {
          expect(device.memoryBytes).toBeGreaterThanOrEqual(0);
          // The bytes that rounding leaves over go to the rest, one for each share at most.
          const slack = index === 0 ? parts.length : 0;
          expect(device.memoryBytes).toBeLessThanOrEqual((before.devices[index]?.memoryBytes ?? 0) + slack);
        }
      }),
    );
  });

  test('of a device and its shares together is the whole, and no share gets more than it is', () => {
    fc.assert(
      fc.property(memory, shares, (own, parts) => {
        const [, ...given] = capacityOf(own, [{ ...gpu, memory: own, shares: parts }]).devices;
        const all = capacityOf(own, [{ ...gpu, memory: own, shares: parts }]).devices;
        expect(all.reduce((sum, device) => sum + (device.memoryBytes ?? 0), 0)).toBe(grantableBytes(own));
        for (const [index, share] of given.entries()) expect(share.memoryBytes).toBeLessThanOrEqual(parts[index]?.memoryBytes ?? 0);
      }),
    );
  });
});

describe('the scheduler looks again', () => {
  const at = (device: Partial<WholeDevice>) => capacityOf(plain(16 * gib), [cpu, { ...gpu, ...device }]);
  const using = (foreignBytes: number) => at({ memory: { ...plain(24 * gib), foreignBytes } });

  test('when memory has changed by more than a little, or has come or gone altogether', () => {
    expect(isNotable(at({}), using(16 * 1024 ** 2))).toBe(false);
    expect(isNotable(at({}), using(17 * 1024 ** 2))).toBe(true);
    expect(isNotable(using(24 * gib), using(24 * gib - 1))).toBe(true);
  });

  test('when a device comes, goes, is divided or may not be used, but not while it stays silent', () => {
    const silent = (seconds: number) => at({ unusable: { code: 'device-silent', values: { seconds } } });
    expect(isNotable(at({}), capacityOf(plain(16 * gib), [cpu]))).toBe(true);
    expect(isNotable(at({}), at({ shares: [{ id: 'half', name: 'GPU', cores: 0, memoryBytes: gib }] }))).toBe(true);
    expect(isNotable(at({}), silent(5))).toBe(true);
    expect(isNotable(silent(5), silent(6))).toBe(false);
    expect(isNotable(silent(5), at({ unusable: { code: 'device-gone', values: {} } }))).toBe(true);
  });
});
