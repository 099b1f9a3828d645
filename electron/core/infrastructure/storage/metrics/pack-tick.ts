import { createByteReader, createByteWriter } from './pack-integers.ts';

/** All values of one moment, by the number of their series, as bytes. */
export const packTick = (values: readonly (readonly [series: number, value: number])[]): Uint8Array => {
  const writer = createByteWriter();
  let before = 0;
  for (const [series, value] of [...values].sort(([left], [right]) => left - right)) {
    writer.integer(series - before);
    writer.integer(value);
    before = series;
  }
  return writer.bytes();
};

/** Tells the values of a tick in the order of their series, until the visitor answers true. */
export const visitTick = (bytes: Uint8Array, visit: (series: number, value: number) => boolean | void): void => {
  const reader = createByteReader(bytes);
  for (let series = 0; !reader.isAtEnd;) {
    series += reader.integer();
    if (visit(series, reader.integer()) === true) return;
  }
};
