import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installPackages } from '../set-up/install-packages.ts';
import { checkSteps } from './check.ts';
import { findElectron } from './find-electron.ts';
import { readPlaywrightReport, readVitestResult, type Failure, type SuiteResult } from './read-reports.ts';
import { runSteps } from './run-steps.ts';
import { runProgram } from './run-program.ts';
import { summarize, type TimedResult } from './summarize.ts';

/*
 * npm test: everything that shows whether this checkout is right, from the format to the browser. Each suite runs whatever became
 * of the ones before it; what was skipped is listed with its reason; the end counts everything and names what failed.
 */
const root = resolve(import.meta.dirname, '../..');
const reports = join(root, 'test-results/reports');

const main = async (): Promise<TimedResult[]> => {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  await installPackages();
  const results: TimedResult[] = [];
  for (const runSuite of suites) results.push(await timed(runSuite));
  return results;
};

const timed = async (runSuite: () => Promise<SuiteResult>): Promise<TimedResult> => {
  const startedAt = performance.now();
  const result = await runSuite();
  return { ...result, seconds: (performance.now() - startedAt) / 1000 };
};

const runCheck = async (): Promise<SuiteResult> => {
  heading('check');
  const failures = await runSteps(checkSteps, root, 2);
  return { suite: 'check', passed: checkSteps.length - failures.length, failures, skipped: [] };
};

const runVitest = async (project: string): Promise<SuiteResult> => {
  heading(project);
  const report = join(reports, `${project}.json`);
  const options = ['--project', project, '--reporter=default', '--reporter=./e2e/tools/vitest-reporter.ts'];
  const exitCode = await runProgram('vitest', ['run', ...options], root, { SWITCHYARD_TEST_REPORT: report });
  return settle(readVitestResult(project, report), exitCode);
};

const runPlaywright = async (project: string): Promise<SuiteResult> => {
  heading(`end to end: ${project}`);
  const report = join(reports, `${project}.json`);
  const exitCode = await runProgram('playwright', ['test', '--project', project, '--reporter=line,json'], root, {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return settle(readPlaywrightReport(project, report), exitCode);
};

/** Real Electron runs where its program is; everything that needs it is one skipped suite elsewhere. */
const runElectron = async (): Promise<SuiteResult> => {
  const found = findElectron(root, process.env);
  if (found.kind === 'found') return runPlaywright('electron');
  return { suite: 'electron', passed: 0, failures: [], skipped: [{ name: 'real Electron', reason: found.reason }] };
};

/** A suite that ended badly without a failed test, such as one that crashed or found no tests, has failed too. */
const settle = (result: SuiteResult, exitCode: number): SuiteResult => {
  if (exitCode === 0 || result.failures.length > 0) return result;
  const failure: Failure = { name: result.suite, error: `ended with exit code ${exitCode} without a failed test; its output is above` };
  return { ...result, failures: [failure] };
};

const heading = (name: string): void => void process.stdout.write(`\n── ${name}\n`);

const suites: readonly (() => Promise<SuiteResult>)[] = [
  runCheck,
  async () => runVitest('unit'),
  async () => runVitest('operators'),
  async () => runVitest('engines'),
  async () => runVitest('measuring'),
  async () => runPlaywright('browser'),
  async () => runPlaywright('double'),
  runElectron,
];

// onnxruntime-node would otherwise report usage to its maker; every suite inherits it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
const results = await main();
heading('summary');
process.stdout.write(`${summarize(results).join('\n')}\n`);
process.exitCode = results.every(({ failures }) => failures.length === 0) ? 0 : 1;
