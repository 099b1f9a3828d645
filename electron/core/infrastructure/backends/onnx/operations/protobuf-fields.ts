import type { ByteSource } from '../tensors/byte-source.ts';

/** One field of a protobuf message that lies in a file. */
export interface Field {
  readonly number: number;
  /** Of a varint alone, as a signed 64 bit integer; what is beyond 2^53 is rounded. */
  readonly value: number | undefined;
  /** Where the content of any other field lies. */
  readonly from: number;
  readonly to: number;
}

/**
 * The fields of the message between two offsets, without what nobody asks for: the weights of a model are skipped, not read. Throws RangeError
 * for what is not laid out like a message.
 */
export function* fieldsIn(bytes: ByteWindow, from: number, to: number): Generator<Field> {
  const numbers = varintsFrom(bytes, from, to);
  while (numbers.at < to) {
    const tag = Number(numbers.next());
    const wire = tag & 7;
    const value = wire === 0 ? signed(numbers.next()) : undefined;
    const length = wire === 2 ? Number(numbers.next()) : (fixedLengths[wire] ?? 0);
    const { at } = numbers;
    if (!(wire in fixedLengths) && wire !== 2) throw new RangeError('a field of a kind that protobuf does not have');
    if (length > to - at) throw new RangeError('a field goes beyond its message');
    yield { number: Math.floor(tag / 8), value, from: at, to: at + length };
    numbers.at += length;
  }
}

/** By wire type; a varint has been read by then. */
const fixedLengths: Readonly<Record<number, number>> = { 0: 0, 1: 8, 5: 4 };

/** The numbers of a repeated field, which come packed in one piece or one by one. */
export const varintsIn = (bytes: ByteWindow, { value, from, to }: Field): number[] => {
  if (value !== undefined) return [value];
  const values: number[] = [];
  for (const numbers = varintsFrom(bytes, from, to); numbers.at < to;) values.push(signed(numbers.next()));
  return values;
};

const signed = (number: bigint): number => Number(BigInt.asIntN(64, number));

/** Reads one number after the other, each as long as its bytes say. */
const varintsFrom = (bytes: ByteWindow, from: number, to: number): { at: number; next(): bigint } => {
  const place = {
    at: from,
    next: (): bigint => {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        if (place.at >= to) throw new RangeError('a message ends within a field');
        const byte = bytes.at(place.at);
        place.at += 1;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
      throw new RangeError('a number is longer than 64 bits');
    },
  };
  return place;
};

/** A file of which a small piece is held at a time. */
export interface ByteWindow {
  readonly size: number;
  at(offset: number): number;
  /** A copy. */
  slice(from: number, to: number): Uint8Array;
}

const windowBytes = 64 * 1024;

export const windowOn = (source: ByteSource): ByteWindow => {
  let start = 0;
  let held: Uint8Array = new Uint8Array();
  return {
    size: source.size,
    at(offset) {
      if (offset < start || offset >= start + held.byteLength) {
        start = offset;
        held = source.read(start, windowBytes);
      }
      const byte = held[offset - start];
      if (byte === undefined) throw new RangeError('the file became shorter');
      return byte;
    },
    slice: (from, to) =>
      from >= start && to <= start + held.byteLength ? held.slice(from - start, to - start) : source.read(from, to - from),
  };
};
