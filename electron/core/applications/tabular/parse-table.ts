import { InputError } from '../input-error.ts';

/** A row of numbers and where it stood, for messages that a person can act on. */
export interface NumberRow {
  readonly values: number[];
  /** Line of a CSV file or index of a JSON array, from 1. */
  readonly line: number;
}

/**
 * Rows of exactly the wanted features, from CSV (comma, semicolon or tab; with or without a header) or a JSON array of arrays.
 * A header that names every feature chooses the columns, so that an extra id or label column and another order do no harm.
 */
export const parseTable = (text: string, file: string, features: readonly string[]): NumberRow[] => {
  const rows = /^\s*\[/.test(text) ? parseJson(text, file) : parseCsv(text, file);
  const [first] = rows;
  if (first === undefined) throw new InputError({ code: 'rows-none', values: { file } });
  const hasHeader = isHeader(first.cells);
  const chosen = hasHeader ? columnsNamed(first.cells, features) : undefined;
  const wantedCells = chosen === undefined ? features.length : first.cells.length;
  const columns = chosen ?? features.map((_, index) => index);
  const found = rows.slice(hasHeader ? 1 : 0).map((row) => numberRow(row, columns, wantedCells, file));
  if (found.length === 0) throw new InputError({ code: 'rows-none', values: { file } });
  return found;
};

interface TextRow {
  readonly cells: readonly string[];
  readonly line: number;
}

const numberRow = ({ cells, line }: TextRow, columns: readonly number[], wanted: number, file: string): NumberRow => {
  if (cells.length !== wanted) throw new InputError({ code: 'row-columns', values: { file, line, wanted, given: cells.length } });
  const values = columns.map((column) => {
    const cell = cells[column] ?? '';
    const value = parseNumber(cell);
    if (value === undefined)
      throw new InputError({ code: 'row-not-number', values: { file, line, column: column + 1, text: shorten(cell) } });
    return value;
  });
  return { values, line };
};

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number that the model can take: it is finite also as a float32. */
const parseNumber = (cell: string): number | undefined => {
  const value = decimal.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(Math.fround(value)) ? value : undefined;
};

const shorten = (cell: string): string => (cell.length > 40 ? `${cell.slice(0, 39)}…` : cell);

/** One number in a first line makes it a row: a mistake in it must be told, not skipped as a header. */
const isHeader = (cells: readonly string[]): boolean => cells.every((cell) => parseNumber(cell) === undefined) && cells.some(Boolean);

const columnsNamed = (header: readonly string[], features: readonly string[]): number[] | undefined => {
  const names = header.map(plainName);
  const columns = features.map((feature) => names.indexOf(plainName(feature)));
  return columns.includes(-1) ? undefined : columns;
};

const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

const parseJson = (text: string, file: string): TextRow[] => {
  const whole = jsonValue(text, file);
  if (!Array.isArray(whole)) throw new InputError({ code: 'rows-none', values: { file } });
  const rows: unknown[] = whole.length > 0 && whole.every((item) => !Array.isArray(item)) ? [whole] : whole;
  return rows.map((row, index) => ({ cells: (Array.isArray(row) ? row : [row]).map(jsonCell), line: index + 1 }));
};

const jsonValue = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = `${error instanceof Error ? error.message : String(error)}.`;
    throw new InputError({ code: 'file-damaged', values: { file, kind: 'JSON', detail } }, { cause: error });
  }
};

/** A text that looks like a number counts as one, as it does in CSV. */
const jsonCell = (cell: unknown): string => (typeof cell === 'string' ? cell.trim() : (JSON.stringify(cell) ?? ''));

const parseCsv = (text: string, file: string): TextRow[] => {
  if (text.includes('\0')) {
    throw new InputError({ code: 'file-damaged', values: { file, kind: 'CSV', detail: 'it holds bytes that are not text.' } });
  }
  const lines = text.split(/\r\n|\n|\r/);
  const separator = separatorOf(lines.find((line) => line.trim() !== '') ?? '');
  return lines.map((line, index) => ({ cells: splitLine(line, separator), line: index + 1 })).filter(({ cells }) => cells.some(Boolean));
};

const separatorOf = (line: string): string => [';', '\t'].find((mark) => line.includes(mark)) ?? ',';

/** The cells of one line. A quoted cell may hold separators and doubled quotes, but no line break. */
const splitLine = (line: string, separator: string): string[] => {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const mark = line.charAt(index);
    if (quoted && mark === '"' && line[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (mark === '"') quoted = !quoted;
    else if (mark === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += mark;
  }
  return [...cells, cell.trim()];
};
