/** What is shown of a log: whole lines, the newest ones when there are too many. */
export interface LogText {
  lines: readonly string[];
  /** The last line while it has not ended. */
  rest: string;
  /** Lines that were left out at the top. */
  dropped: number;
}

export const emptyLog: LogText = { lines: [], rest: '', dropped: 0 };

/** More than a person reads in the window; the whole log is in the record and on the command line. */
const mostLines = 20_000;

/** A log after more was printed. Colours and cursor movements are taken out; a carriage return starts the line again. */
export const appendLog = (log: LogText, text: string): LogText => {
  const pieces = (log.rest + text).split('\n');
  const rest = pieces.pop() ?? '';
  const lines = pieces.length === 0 ? log.lines : [...log.lines, ...pieces.map(cleanLine)];
  const over = Math.max(0, lines.length - mostLines);
  return { lines: over ? lines.slice(over) : lines, rest, dropped: log.dropped + over };
};

// The escape sequences of terminals: CSI (colours, cursor), OSC (titles, links) and two-character ones.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** One line as it would stand on a terminal in the end. */
export const cleanLine = (line: string): string => {
  const plain = line.replace(escapes, '').replace(/\r$/, '');
  return plain.slice(plain.lastIndexOf('\r') + 1);
};
