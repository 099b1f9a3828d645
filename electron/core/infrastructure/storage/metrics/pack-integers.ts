/** Bytes written one after the other. */
export interface ByteWriter {
  /** A whole number of any sign, small ones in few bytes. */
  integer(value: number): void;
  /** Whole numbers of which many are 0; the reader must know how many. */
  integers(values: Iterable<number>): void;
  bytes(): Uint8Array;
}

/** Reads what a ByteWriter wrote; throws a RangeError at what it cannot have written. */
export interface ByteReader {
  readonly isAtEnd: boolean;
  integer(): number;
  integers(count: number): number[];
}

/*
 * Zigzag (0, -1, 1, -2 …) in base 128, lowest digits first. In lists a 0 is followed by how many more follow it, which makes
 * what hardly changes almost free once it is written as differences.
 */
export const createByteWriter = (): ByteWriter => {
  let buffer = new Uint8Array(256);
  let length = 0;

  const natural = (value: number): void => {
    // Numbers up to 2^53 take 8 bytes.
    if (length + 8 > buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    let rest = value;
    while (rest >= 128) {
      buffer[length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    buffer[length++] = rest;
  };
  const integer = (value: number): void => natural(value < 0 ? -2 * value - 1 : 2 * value);

  return {
    integer,
    integers(values) {
      let zeros = 0;
      const endZeros = (): void => {
        if (zeros === 0) return;
        natural(0);
        natural(zeros - 1);
        zeros = 0;
      };
      for (const value of values) {
        if (value === 0) zeros += 1;
        else {
          endZeros();
          integer(value);
        }
      }
      endZeros();
    },
    bytes: () => buffer.slice(0, length),
  };
};

export const createByteReader = (buffer: Uint8Array): ByteReader => {
  let at = 0;

  const natural = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = buffer[at++];
      if (byte === undefined) throw new RangeError('the bytes end in the middle of a number');
      if (byte < 128) return value + byte * factor;
      value += (byte - 128) * factor;
    }
  };
  const signed = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

  return {
    get isAtEnd() {
      return at >= buffer.length;
    },
    integer: () => signed(natural()),
    integers(count) {
      const values: number[] = [];
      while (values.length < count) {
        const value = natural();
        if (value !== 0) values.push(signed(value));
        else {
          const zeros = natural() + 1;
          if (values.length + zeros > count) throw new RangeError('a list holds more numbers than it should');
          for (let zero = 0; zero < zeros; zero += 1) values.push(0);
        }
      }
      return values;
    },
  };
};
