/** A file name for each output of a model, which may be called anything: no folders, nothing hidden, no two the same. */
export const artifactNames = (outputs: readonly string[], extension: string): Map<string, string> => {
  const taken = new Set<string>();
  return new Map(
    outputs.map((output) => {
      const base = fileNameOf(output);
      let name = `${base}${extension}`;
      // Compared without case, because some file systems do not keep `Y.npy` and `y.npy` apart.
      for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${base}-${count}${extension}`;
      taken.add(name.toLowerCase());
      return [output, name];
    }),
  );
};

/** File systems take 255 bytes; a character is at most 4, and the extension and a count need room. */
const longestName = 50;

const fileNameOf = (output: string): string => {
  const safe = output.replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, '_').replace(/^[.\s]+|[.\s]+$/g, '');
  return Array.from(safe).slice(0, longestName).join('') || 'output';
};
