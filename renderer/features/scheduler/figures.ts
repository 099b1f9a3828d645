import type { PolicyName } from '../../../shared/contract/scheduler.ts';
import type { ScheduleFigures } from '../../../shared/model/plan.ts';

/** How the queue would fare under one policy. */
export interface PolicyFigures {
  policy: PolicyName;
  figures: ScheduleFigures;
}

export const figureNames = ['meanWait', 'p95Wait', 'maxWait', 'missed', 'makespan', 'fairness', 'busy', 'slowdown'] as const;
export type FigureName = (typeof figureNames)[number];

interface Figure {
  pick: (figures: ScheduleFigures) => number | undefined;
  isMoreBetter: boolean;
  /** Differences smaller than this are none. */
  least: number;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Times are in seconds; `fairness` and `busy` are parts of one. */
export const figureOf: Record<FigureName, Figure> = {
  meanWait: { pick: ({ meanWaitSeconds }) => meanWaitSeconds, isMoreBetter: false, least: 0.5 },
  p95Wait: { pick: ({ p95WaitSeconds }) => p95WaitSeconds, isMoreBetter: false, least: 0.5 },
  maxWait: { pick: ({ maxWaitSeconds }) => maxWaitSeconds, isMoreBetter: false, least: 0.5 },
  missed: { pick: ({ missedDeadlines }) => missedDeadlines, isMoreBetter: false, least: 1 },
  makespan: { pick: ({ makespanSeconds }) => makespanSeconds, isMoreBetter: false, least: 0.5 },
  fairness: { pick: ({ fairness }) => fairness, isMoreBetter: true, least: 0.005 },
  busy: { pick: ({ utilization }) => mean(Object.values(utilization)), isMoreBetter: true, least: 0.005 },
  slowdown: { pick: ({ meanBoundedSlowdown }) => meanBoundedSlowdown, isMoreBetter: false, least: 0.05 },
};

export interface FigureCell {
  value: number | undefined;
  /** Of the largest in its column, from 0 to 1. */
  part: number;
  /** No other policy does better, and some do worse. */
  isBest: boolean;
  /** Against the policy in use; absent there, where nothing can be compared, and where it is nothing to speak of. */
  difference: number | undefined;
  /** Whether the difference is one for the better. */
  isBetter: boolean;
}

/** One cell for each figure of each policy, compared within its column. */
export const compareFigures = (
  tried: readonly PolicyFigures[],
  inUse: PolicyName | undefined,
): ReadonlyMap<PolicyName, Readonly<Record<FigureName, FigureCell>>> => {
  // Nothing to do is done at once under any policy, which says nothing about them.
  if (tried.every(({ figures }) => figures.jobs === 0)) return new Map();
  const present = tried.find(({ policy }) => policy === inUse)?.figures;
  const columns = Object.fromEntries(
    figureNames.map((name) => [
      name,
      columnOf(
        figureOf[name],
        tried.map(({ figures }) => figures),
        present,
      ),
    ]),
  ) as Record<FigureName, (figures: ScheduleFigures) => FigureCell>; // one for each name
  return new Map(
    tried.map(({ policy, figures }) => [
      policy,
      Object.fromEntries(figureNames.map((name) => [name, columns[name](figures)])) as Record<FigureName, FigureCell>, // as above
    ]),
  );
};

/** A difference of less than this part of a figure is one of luck. */
const littlePart = 0.01;

const columnOf = ({ pick, isMoreBetter, least }: Figure, all: readonly ScheduleFigures[], present: ScheduleFigures | undefined) => {
  const values = all.map(pick).filter((value) => value !== undefined);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const best = isMoreBetter ? high : low;
  const now = present && pick(present);
  const few = Math.max(least, Math.abs(high) * littlePart);
  return (figures: ScheduleFigures): FigureCell => {
    const value = pick(figures);
    const difference = value === undefined || now === undefined || figures === present ? 0 : value - now;
    return {
      value,
      part: value === undefined || high <= 0 ? 0 : value / high,
      isBest: value !== undefined && Math.abs(value - best) < few && high - low >= few,
      difference: Math.abs(difference) < few ? undefined : difference,
      isBetter: difference > 0 === isMoreBetter,
    };
  };
};
