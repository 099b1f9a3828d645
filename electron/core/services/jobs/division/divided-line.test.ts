import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JobEntry } from '../job-entry.ts';
import { createDividedLine } from './divided-line.ts';
import { createParts } from './part-entry.ts';

const jobOf = (id: number, parts: number): JobEntry => {
  const job: JobEntry = {
    id,
    name: `job ${id}`,
    submittedAt: 0,
    spec: {
      runtime: 'application',
      application: 'digits',
      files: [],
      group: 'default',
      priority: 0,
      resources: { cores: 1 },
      after: [],
      afterAny: [],
      afterNotOk: [],
      retries: 0,
    },
    demand: { cores: 1, memoryBytes: 1, memoryFrom: 'default' },
    enqueuedAt: 0,
    boost: 0,
    attempts: 0,
    revision: 0,
    state: { kind: 'pending', since: 0 },
  };
  job.parts = createParts(
    job,
    Array.from({ length: parts }, () => ({ device: 'cpu', kind: 'cpu', speed: 1 })),
  );
  for (const { part } of job.parts) part.isInLine = true;
  return job;
};

test('pages hold each job that waits once, in the order of its first part in line, and none that runs', () => {
  const jobs = fc.array(fc.record({ parts: fc.integer({ min: 1, max: 40 }), isStarted: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(jobs, fc.integer({ min: 1, max: 7 }), (given, limit) => {
      const divided = given.map(({ parts }, index) => jobOf(index + 1, parts));
      const started = new Set(divided.filter((_, index) => given[index]?.isStarted));
      const line = divided.flatMap(({ id, parts = [] }) => parts.map(({ part }) => `${id}.${part.number}`));
      const { hidden, slice } = createDividedLine((offset, count) => line.slice(offset, offset + count), started, divided);
      const waiting = divided.filter((job) => !started.has(job)).map(({ id }) => `${id}.1`);
      expect(hidden).toBe(line.length - waiting.length);
      const seen: string[] = [];
      for (let offset = 0; offset < waiting.length; offset += limit) seen.push(...slice(offset, limit));
      expect(seen).toEqual(waiting);
    }),
  );
});
