import { fitText, oneLine, textWidth } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly isRight?: boolean;
  /** Widest that the column may get; the last column takes what is left. */
  readonly most?: number;
  cell(row: Row): string;
  style?(text: string, row: Row): string;
}

/** Rows as aligned lines under a line of titles. With a width nothing is wider than it; without one nothing is cut. */
export const formatTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | undefined,
  dim: (text: string) => string,
): string[] => {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const widths = columnWidths(columns, cells, width);
  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string =>
    texts
      .map((text, index) => {
        const column = columns[index];
        const columnWidth = widths[index] ?? 0;
        const fitted = fitText(text, columnWidth);
        const padding = ' '.repeat(Math.max(0, columnWidth - textWidth(fitted)));
        const painted = paint(fitted, index);
        if (column?.isRight) return padding + painted;
        return index === columns.length - 1 ? painted : painted + padding;
      })
      .join(gap)
      .trimEnd();
  const titles = line(
    columns.map(({ title }) => title),
    (text) => dim(text),
  );
  const body = rows.map((row, at) => line(cells[at] ?? [], (text, index) => columns[index]?.style?.(text, row) ?? text));
  return [titles, ...body];
};

const gap = '  ';

const columnWidths = <Row>(columns: readonly Column<Row>[], cells: readonly (readonly string[])[], width: number | undefined): number[] => {
  const widths = columns.map(({ title, most = Number.POSITIVE_INFINITY }, index) => {
    const widest = cells.reduce((so, row) => Math.max(so, textWidth(row[index] ?? '')), textWidth(title));
    return width === undefined ? widest : Math.min(widest, Math.max(most, textWidth(title)));
  });
  if (width === undefined) return widths;
  const used = widths.slice(0, -1).reduce((sum, one) => sum + one + gap.length, 0);
  return [...widths.slice(0, -1), Math.max(0, Math.min(widths.at(-1) ?? 0, width - used))];
};
