import { writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';

/** Where a verb writes: data to stdout, messages to stderr. */
export interface Output {
  /** Whether the person asked for --json. */
  readonly isJson: boolean;
  /** A line of data. */
  print(line: string): void;
  /** Data exactly as they are. */
  write(text: string): void;
  /** One JSON document on one line. */
  printJson(value: unknown): void;
  /** A line for the person, on stderr. */
  say(line: string): void;
  /** The one line of stderr that is drawn over and over; absent where stderr is no terminal. */
  readonly live: LiveLine | undefined;
  /** Width of the terminal that stdout goes to; undefined where it goes to a file or a pipe, which has no width. */
  readonly columns: number | undefined;
  /** Colours for stdout; every style gives the text back as it is where colours are not wanted. */
  readonly style: Style;
}

export interface LiveLine {
  readonly columns: number;
  draw(line: string): void;
  clear(): void;
}

export type Style = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue', (text: string) => string>>;

interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export const createOutput = ({ stdout, stderr }: Streams, environment: NodeJS.ProcessEnv, isJson: boolean): Output => {
  const live = stderr.isTTY ? createLiveLine(stderr) : undefined;
  return {
    isJson,
    live,
    columns: stdout.isTTY ? stdout.columns : undefined,
    style: createStyle(stdout.isTTY && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'),
    print: (line) => stdout.write(`${line}\n`),
    write: (text) => stdout.write(text),
    printJson: (value) => stdout.write(`${JSON.stringify(value)}\n`),
    say: (line) => {
      live?.clear();
      stderr.write(`${line}\n`);
    },
  };
};

const createLiveLine = (stderr: WriteStream): LiveLine => {
  let isDrawn = false;
  return {
    columns: stderr.columns || 80,
    draw: (line) => {
      isDrawn = true;
      stderr.write(`\r\x1b[2K${line}`);
    },
    clear: () => {
      if (isDrawn) stderr.write('\r\x1b[2K');
      isDrawn = false;
    },
  };
};

const createStyle = (isWanted: boolean): Style => {
  const style = (open: number, close: number) => (text: string) => (isWanted ? `\x1b[${open}m${text}\x1b[${close}m` : text);
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), green: style(32, 39), yellow: style(33, 39), blue: style(34, 39) };
};

/** A reader that has seen enough (`| head`) closes the pipe; that ends the program quietly and is no failure. */
export const endQuietlyOnClosedPipe = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    writeSync(2, `${error.message}\n`);
    process.exit(1);
  });
};
