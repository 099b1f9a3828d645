import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** The sha256 of a file in hex, and its length in bytes. */
export const hashFile = async (path: string): Promise<{ sha256: string; bytes: number }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer); // a stream without encoding gives buffers
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
};
