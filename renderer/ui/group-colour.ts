/** The same name has the same one of four colours everywhere, in every window and after every start. */
export const groupColour = (name: string): 'g1' | 'g2' | 'g3' | 'g4' => {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return (['g4', 'g1', 'g3', 'g2'] as const)[(hash >>> 1) % 4] ?? 'g4';
};
