import { closeSync, openSync, readSync } from 'node:fs';

/** Whether a model file holds an operator that runs its body again and again: the field `op_type` with Loop or Scan in it. */
export const hasLoop = (path: string): boolean => {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes + overlap);
    // Each chunk begins with the end of the one before, so that no name is cut in two.
    for (let kept = 0; ;) {
      const count = readSync(file, buffer, kept, chunkBytes, null);
      if (count === 0) return false;
      const chunk = buffer.subarray(0, kept + count);
      if (names.some((name) => chunk.includes(name))) return true;
      kept = Math.min(overlap, chunk.length);
      chunk.copy(buffer, 0, chunk.length - kept);
    }
  } finally {
    closeSync(file);
  }
};

const chunkBytes = 1 << 20;
/** 0x22: field 4, length-delimited; then the length. */
const names = ['Loop', 'Scan'].map((name) => Buffer.from(`\x22\x04${name}`));
const overlap = 5;
