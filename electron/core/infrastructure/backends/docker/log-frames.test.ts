import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameReader } from './log-frames.ts';

const frame = (stream: number, text: Uint8Array): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, text]);
};

test('the text comes out whole and in order, wherever the network cuts the frames', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 10 });
  const cuts = fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(frames, cuts, (parts, sizes) => {
      const sent = Buffer.concat(parts.map(([stream, text]) => frame(stream, text)));
      const read = createFrameReader();
      const texts: Buffer[] = [];
      for (let at = 0, index = 0; at < sent.length; index += 1) {
        const size = sizes[index % sizes.length] ?? 1;
        texts.push(...read(sent.subarray(at, at + size)));
        at += size;
      }
      expect(Buffer.concat(texts)).toEqual(Buffer.concat(parts.map(([, text]) => text)));
    }),
  );
});
