import { median, medianInterval } from './statistics.ts';

/** What a figure should be. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** One figure of the report. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  /** The 90 % bootstrap interval of the median. */
  readonly interval: readonly [number, number];
  readonly rounds: number;
  readonly goal?: Goal;
  readonly holds?: boolean;
  readonly values: readonly number[];
}

/** What could not be measured, and why. */
export interface Skipped {
  readonly name: string;
  readonly skipped: string;
}

export const measure = (name: string, unit: string, values: readonly number[], goal?: Goal): Measure => {
  const middle = median(values);
  return {
    name,
    unit,
    median: rounded(middle),
    interval: medianInterval(values).map(rounded) as [number, number], // two numbers stay two
    rounds: values.length,
    ...(goal && { goal, holds: isMet(goal, middle) }),
    values: values.map(rounded),
  };
};

/** How much of a rival's speed was reached, round by round: both of a round met the same machine. */
export const ratio = (name: string, ours: readonly number[], theirs: readonly number[], goal?: Goal): Measure =>
  measure(
    name,
    'ratio',
    ours.map((value, index) => value / (theirs[index] ?? Number.NaN)),
    goal,
  );

const isMet = (goal: Goal, value: number): boolean => ('atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost);

const digits = 4;
const rounded = (value: number): number => Number(value.toPrecision(digits));

/** The figure as one line of the progress. */
export const lineOf = (figure: Measure | Skipped): string => {
  if ('skipped' in figure) return `  ${figure.name}: skipped. ${figure.skipped}`;
  const { name, median: middle, interval, unit, rounds, goal, holds } = figure;
  const wanted = goal ? ` (goal ${'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`}: ${holds ? 'holds' : 'MISSED'})` : '';
  return `  ${name}: ${middle} ${unit} [${interval.join(' – ')}], ${rounds} rounds${wanted}`;
};
