export const hashSize = 4096;
const characterLimit = 20_000;

/**
 * The vector that the spam model was trained on (resources/models/train.py): words of 2 to 20 letters in the first 20,000
 * characters, each hashed to one of 4,096 places; a place holds log(1 + count); the whole has length 1.
 */
export const hashWords = (text: string): { vector: Float32Array; words: number } => {
  const counts = new Map<number, number>();
  let words = 0;
  for (const [word] of firstCharacters(text.toLowerCase(), characterLimit).matchAll(/[a-z]{2,20}/g)) {
    const place = fnv1a32(word) % hashSize;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    words += 1;
  }
  const vector = new Float32Array(hashSize);
  const length = Math.sqrt([...counts.values()].reduce((sum, count) => sum + Math.log1p(count) ** 2, 0)) || 1;
  for (const [place, count] of counts) vector[place] = Math.log1p(count) / length;
  return { vector, words };
};

/** FNV-1a over the bytes of an ASCII word. */
export const fnv1a32 = (word: string): number => {
  let hash = 2_166_136_261;
  for (let index = 0; index < word.length; index += 1) hash = Math.imul(hash ^ word.charCodeAt(index), 16_777_619);
  return hash >>> 0;
};

/** The training counted code points, which JavaScript's slice does not. */
const firstCharacters = (text: string, count: number): string =>
  text.length <= count
    ? text
    : Array.from(text.slice(0, 2 * count))
        .slice(0, count)
        .join('');
