import type { PolicyOutcome } from '../../../shared/contract/scheduler.ts';
import { formatDuration, formatNumber } from '../../../shared/words/format.ts';
import type { CommandLineKey } from '../../../shared/words/command-line.ts';
import type { Session } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

/** One line of the comparison. */
export interface Row {
  readonly name: string;
  readonly figures: PolicyOutcome['figures'];
  /** What really happened is no policy to choose, so that it is never the best. */
  readonly isPolicy: boolean;
}

interface Figure {
  readonly title: string;
  /** Undefined where it is not defined. */
  valueOf(row: Row): number | undefined;
  readonly isMoreBetter?: boolean;
  /** With its unit. */
  show(value: number): string;
}

/** Policies below each other, the best of each column marked, and how far each is from the present one. */
export const outcomeLines = (session: Session, rows: readonly Row[], present: Row | undefined): string[] => {
  const { text, output } = session;
  const columns: Column<Row>[] = [
    { title: text('column-policy'), cell: (row) => (row === present ? `${row.name} ${text('what-if-present')}` : row.name) },
    ...figuresOf(session, rows).map((figure): Column<Row> => {
      const best = bestOf(figure, rows);
      return {
        title: figure.title,
        isRight: true,
        cell: (row) => cellOf(figure, row, present, best),
        style: (cell, row) => (shownOf(figure, row) === best && row.isPolicy ? output.style.green(cell) : cell),
      };
    }),
  ];
  return formatTable(columns, rows, output.columns, output.style.dim);
};

const cellOf = (figure: Figure, row: Row, present: Row | undefined, best: string | undefined): string => {
  const value = figure.valueOf(row);
  if (value === undefined) return '–';
  const shown = figure.show(value);
  const mark = row.isPolicy && shown === best ? '*' : '';
  const from = present && row !== present && row.isPolicy ? figure.valueOf(present) : undefined;
  const isFar = from !== undefined && figure.show(from) !== shown;
  return `${mark}${shown}${isFar ? ` (${value < from ? '−' : '+'}${figure.show(Math.abs(value - from))})` : ''}`;
};

const shownOf = ({ valueOf, show }: Figure, row: Row): string | undefined => {
  const value = valueOf(row);
  return value === undefined ? undefined : show(value);
};

/** As it is shown; undefined where all are the same: then there is nothing to choose. */
const bestOf = ({ valueOf, isMoreBetter, show }: Figure, rows: readonly Row[]): string | undefined => {
  const values = rows.filter(({ isPolicy }) => isPolicy).flatMap((row) => valueOf(row) ?? []);
  if (new Set(values.map(show)).size < 2) return undefined;
  return show(isMoreBetter ? Math.max(...values) : Math.min(...values));
};

const figuresOf = ({ text, locale }: Session, rows: readonly Row[]): Figure[] => {
  const seconds = (title: CommandLineKey, valueOf: (figures: Row['figures']) => number | undefined): Figure => ({
    title: text(title),
    valueOf: ({ figures }) => valueOf(figures),
    show: (value) => formatDuration(value, locale),
  });
  const number = (title: CommandLineKey, digits: number, valueOf: (figures: Row['figures']) => number | undefined): Figure => ({
    title: text(title),
    valueOf: ({ figures }) => valueOf(figures),
    show: (value) => formatNumber(value, locale, digits),
  });
  const used = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures.utilization)))];
  return [
    seconds('column-makespan', ({ makespanSeconds }) => makespanSeconds),
    seconds('column-mean-wait', ({ meanWaitSeconds }) => meanWaitSeconds),
    seconds('column-p95-wait', ({ p95WaitSeconds }) => p95WaitSeconds),
    seconds('column-longest-wait', ({ maxWaitSeconds }) => maxWaitSeconds),
    number('column-slowdown', 2, ({ meanBoundedSlowdown }) => meanBoundedSlowdown),
    { ...number('column-fairness', 2, ({ fairness }) => fairness), isMoreBetter: true },
    ...used.map((resource): Figure => ({
      title: text('column-used', { resource }).toUpperCase(),
      valueOf: ({ figures }) => figures.utilization[resource],
      isMoreBetter: true,
      show: (value) => `${formatNumber(100 * value, locale, 0)} %`,
    })),
    number('column-missed', 0, ({ missedDeadlines }) => missedDeadlines),
  ];
};
