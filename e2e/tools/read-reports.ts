import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** One failed test, or whatever else went wrong, and what was said of it. */
export interface Failure {
  /** The file and the titles down to the test. */
  readonly name: string;
  readonly error: string;
}

/** What one suite came to. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly { name: string; reason: string }[];
}

/** The name of a test as summaries show it. */
export const nameOf = (path: readonly string[]): string => path.filter((title) => title !== '').join(' › ');

const VitestResult = z.object({
  passed: z.int(),
  failures: z.array(z.object({ name: z.string(), error: z.string() })),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});

/** Reads what vitest-reporter.ts wrote; a report that is not there means that the suite did not run. */
export const readVitestResult = (suite: string, path: string): SuiteResult => {
  const result = readJson(path, VitestResult);
  return result === undefined ? didNotRun(suite) : { suite, ...result };
};

const PlaywrightError = z.object({ message: z.string().optional(), value: z.string().optional() });
const PlaywrightTest = z.object({
  status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })),
  results: z.array(z.object({ errors: z.array(PlaywrightError) })),
});
const PlaywrightSuite = z.object({
  title: z.string(),
  specs: z.array(z.object({ title: z.string(), tests: z.array(PlaywrightTest) })),
  get suites() {
    return z.array(PlaywrightSuite).optional();
  },
});
const PlaywrightReport = z.object({ suites: z.array(PlaywrightSuite), errors: z.array(PlaywrightError) });

/** Reads what playwright wrote. A test that passed only when it was tried again has failed. */
export const readPlaywrightReport = (suite: string, path: string): SuiteResult => {
  const report = readJson(path, PlaywrightReport);
  if (report === undefined) return didNotRun(suite);
  const tests = report.suites.flatMap((part) => testsOf(part, []));
  const skipped = tests.flatMap(({ path, status, annotations }) => {
    if (status !== 'skipped') return [];
    return [{ name: path.at(-1) ?? '', reason: annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given' }];
  });
  return {
    suite,
    passed: tests.filter(({ status }) => status === 'expected').length,
    failures: [
      ...tests.filter(({ status }) => status === 'unexpected' || status === 'flaky').map(failureOf),
      ...report.errors.map((error) => ({ name: 'outside of the tests', error: messageOf(error) })),
    ],
    skipped,
  };
};

type NamedTest = z.infer<typeof PlaywrightTest> & { path: readonly string[] };

const testsOf = (suite: z.infer<typeof PlaywrightSuite>, above: readonly string[]): NamedTest[] => {
  const path = [...above, suite.title];
  return [
    ...suite.specs.flatMap(({ title, tests }) => tests.map((test) => ({ ...test, path: [...path, title] }))),
    ...(suite.suites ?? []).flatMap((part) => testsOf(part, path)),
  ];
};

const failureOf = ({ path, results }: NamedTest): Failure => ({
  name: nameOf(path),
  error: results.flatMap(({ errors }) => errors.map(messageOf)).join('\n'),
});

const messageOf = ({ message, value }: z.infer<typeof PlaywrightError>): string => message ?? value ?? 'no message given';

const didNotRun = (suite: string): SuiteResult => ({
  suite,
  passed: 0,
  failures: [{ name: suite, error: 'left no report: it did not run to its end' }],
  skipped: [],
});

const readJson = <T>(path: string, schema: z.ZodType<T>): T | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  return schema.parse(JSON.parse(text));
};
