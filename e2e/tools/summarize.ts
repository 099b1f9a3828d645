import { stripVTControlCharacters } from 'node:util';
import type { Failure, SuiteResult } from './read-reports.ts';

/** A suite's result and how long it took. */
export interface TimedResult extends SuiteResult {
  readonly seconds: number;
}

/** The lines at the end of `npm test`: each suite, the count of everything, and last what failed and why. */
export const summarize = (results: readonly TimedResult[]): string[] => {
  const sum = (count: (result: SuiteResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  return [
    ...results.flatMap(linesOfSuite),
    '',
    `${sum(({ passed }) => passed)} passed, ${sum(({ failures }) => failures.length)} failed`,
    ...results.flatMap(({ suite, failures }) => failures.flatMap((failure) => linesOfFailure(suite, failure))),
  ];
};

const linesOfSuite = ({ suite, passed, failures, skipped, seconds }: TimedResult): string[] => [
  `${suite}: ${passed} passed, ${failures.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''} (${Math.round(seconds)} s)`,
  ...skipped.map(({ name, reason }) => `  skipped: ${name}: ${reason}`),
];

/** Enough of an error to know it by; the whole stands where the test ran. */
const shownLines = 20;

const linesOfFailure = (suite: string, { name, error }: Failure): string[] => {
  const lines = stripVTControlCharacters(error)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return ['', `failed: ${suite}: ${name}`, ...lines.slice(0, shownLines).map((line) => `  ${line}`)];
};
