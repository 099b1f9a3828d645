/*
 * Docker sends stdout and stderr of a container without a terminal as frames: one byte for the stream, three of zero, the length
 * as a big-endian number of four bytes, then the text.
 */
const headerBytes = 8;

/** Takes chunks as they come and gives the text of the frames, of both streams in the order they were written. */
export const createFrameReader = (): ((chunk: Buffer) => Buffer[]) => {
  let header = Buffer.alloc(0);
  let missing = 0;
  return (chunk) => {
    const texts: Buffer[] = [];
    for (let rest = chunk; rest.length > 0;) {
      if (missing > 0) {
        const text = rest.subarray(0, missing);
        missing -= text.length;
        texts.push(text);
        rest = rest.subarray(text.length);
      } else {
        const part = rest.subarray(0, headerBytes - header.length);
        header = Buffer.concat([header, part]);
        rest = rest.subarray(part.length);
        if (header.length === headerBytes) {
          missing = header.readUInt32BE(4);
          header = Buffer.alloc(0);
        }
      }
    }
    return texts;
  };
};
