import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestResultFailed } from 'vitest/node';
import { nameOf, type Failure, type SuiteResult } from './read-reports.ts';

/** Writes what a suite came to, with the reason of each skipped test, which vitest's own JSON leaves out, and the errors of each failed one. */
export default class ResultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const path = process.env['SWITCHYARD_TEST_REPORT'];
    if (path === undefined) throw new Error('SWITCHYARD_TEST_REPORT names the file that this reporter writes');
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const results = tests.map((test) => ({ name: test.fullName, result: test.result() }));
    const summary: Omit<SuiteResult, 'suite'> = {
      passed: results.filter(({ result }) => result.state === 'passed').length,
      // A file that could not be loaded and an error outside of tests have no test of their own.
      failures: [
        ...tests.flatMap(failureOfTest),
        ...modules.filter((module) => module.errors().length > 0).map(failureOfModule),
        ...unhandledErrors.map((error) => ({ name: 'outside of the tests', error: textOf([error]) })),
      ],
      skipped: results.flatMap(({ name, result }) =>
        result.state === 'skipped' ? [{ name, reason: result.note ?? 'no reason given' }] : [],
      ),
    };
    writeFileSync(path, JSON.stringify(summary));
  }
}

const failureOfTest = (test: TestCase): Failure[] => {
  const result = test.result();
  if (result.state !== 'failed') return [];
  return [{ name: nameOf([test.module.relativeModuleId, ...titlesOf(test)]), error: textOf(result.errors) }];
};

const failureOfModule = (module: TestModule): Failure => ({ name: module.relativeModuleId, error: textOf(module.errors()) });

const titlesOf = (test: TestCase): string[] => {
  const titles = [test.name];
  for (let { parent } = test; parent.type === 'suite'; { parent } = parent) titles.unshift(parent.name);
  return titles;
};

const textOf = (errors: readonly unknown[]): string => errors.map(describeError).join('\n');

/** Message, place and difference. Errors come from other processes as plain objects, to which vitest has added what it knows. */
const describeError = (error: unknown): string => {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const { message, stacks, diff } = error as Partial<TestResultFailed['errors'][number]>;
  const place = stacks?.[0];
  return [message, place && `at ${place.file}:${place.line}`, diff].filter((part) => part !== undefined).join('\n');
};
