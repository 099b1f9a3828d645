import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPlaywrightReport, readVitestResult } from './read-reports.ts';

const fileOf = (content: unknown): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'report.json'), JSON.stringify(content));
  return join(folder, 'report.json');
};
const spec = (title: string, status: string, { skip, errors = [] }: { skip?: string; errors?: string[] } = {}) => ({
  title,
  tests: [
    {
      status,
      annotations: skip === undefined ? [] : [{ type: 'skip', description: skip }],
      results: [{ errors: errors.map((message) => ({ message })) }],
    },
  ],
});

test('specs are counted at every depth, and one that needed a second try has failed', () => {
  const inner = {
    title: 'a long queue',
    specs: [spec('scroll', 'expected'), spec('flicker', 'flaky', { errors: ['was hidden', 'closed'] })],
  };
  const report = {
    suites: [
      { title: 'specs/queue.spec.ts', specs: [spec('drop', 'expected')], suites: [inner] },
      { title: 'specs/axe.spec.ts', specs: [spec('axe', 'skipped', { skip: 'no browser' })] },
    ],
    errors: [],
  };
  expect(readPlaywrightReport('browser', fileOf(report))).toEqual({
    suite: 'browser',
    passed: 2,
    failures: [{ name: 'specs/queue.spec.ts › a long queue › flicker', error: 'was hidden\nclosed' }],
    skipped: [{ name: 'axe', reason: 'no browser' }],
  });
});

test('an error outside of the specs is a failure', () => {
  const { failures } = readPlaywrightReport('browser', fileOf({ suites: [], errors: [{ message: 'no tests found' }] }));
  expect(failures).toEqual([{ name: 'outside of the tests', error: 'no tests found' }]);
});

test('a suite that left no report has failed', () => {
  const failures = [{ name: 'unit', error: 'left no report: it did not run to its end' }];
  const failed = { suite: 'unit', passed: 0, failures, skipped: [] };
  expect(readVitestResult('unit', '/nonexistent/report.json')).toEqual(failed);
  expect(readPlaywrightReport('unit', '/nonexistent/report.json')).toEqual(failed);
});
